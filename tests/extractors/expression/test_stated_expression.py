r"""The expression a reply states, in the order of boxes, JSON, announcements and formulas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise.extractors import Reading, stated_expression
from itemwise.extractors.visible_parts import read_visible

READ = [
    (r"So $x = \boxed{\frac{\sqrt{3}}{2}}$.", r"\frac{\sqrt{3}}{2}", "boxed"),
    (r"\boxed{1}, no: \boxed{ \left\{ 1, \frac{1}{2} \right\} }", r"\left\{ 1, \frac{1}{2} \right\}", "boxed"),
    (r"First \boxed{7}. Then \boxed{\frac{1}{2}", "7", "boxed"),
    (r"\boxed{\boxed{5}}", "5", "boxed"),
    (r"\fbox{3x}", "3x", "boxed"),
    (r"\boxed 12", "12", "boxed"),
    ("\x08oxed{4}", "4", "boxed"),
    (r"The roots are $\boxed{1}$ and $\boxed{-2}$.", "1, -2", "boxed"),
    (r"$x=\boxed{1}, y=\boxed{2}$", "1, 2", "boxed"),
    (r"\boxed{\begin{pmatrix} 1 \\ 2 \end{pmatrix}}", r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", "boxed"),
    (r"I put it in \boxed{}. The answer is $(3, 4]$.", "(3, 4]", "the answer is"),
    (r"I shall write \boxed{\text{your answer}}. **Answer:** $\sqrt{2}$", r"\sqrt{2}", "answer:"),
    (r'{"steps": ["half of it"], "answer": "\\frac{1}{2}"}', r"\frac{1}{2}", "json field answer"),
    (r'{"answer": "\begin{pmatrix} 1 \\ 2 \end{pmatrix}"}', r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", "json field answer"),
    ("The final answer is:\n\\[\n x = 5\n\\]\nas $2x = 10$.", "x = 5", "the answer is"),
    ("**Final answer:**\n\n$$\n\\frac{1}{3}\n$$\n", r"\frac{1}{3}", "answer:"),
    ("The answer is $3$ and $-2$.", "$3$ and $-2$", "the answer is"),
    (r"The answer is \frac{1}{2} because it is halved.", r"\frac{1}{2}", "the answer is"),
    ("The answer is p - q.", "p - q", "the answer is"),
    (r"\left( 3, \frac{\pi}{2} \right)", r"\left( 3, \frac{\pi}{2} \right)", "whole reply"),
    (r"\text{Monday}", r"\text{Monday}", "whole reply"),
    ("The answer is 7!", "7", "the answer is"),
    ("The answer is 7! / 6! ways.", "7! / 6! ways", "the answer is"),
    ("The answer is 3.5.", "3.5", "the answer is"),
    (r"So it is $-\boxed{256}$. Final Answer: The final answer is $-256$. I hope it is correct.", "-256", "the answer is"),
    (r"It is $\boxed{7}$. The answer is correct.", "7", "boxed"),
    ("Hence $2x = 6$ and $x = 3$.", "x = 3", "last formula"),
    ("Hence $x = 1$ or $x = 2$.", "$x = 1$ or $x = 2$", "last formula"),
    ("Thus $a = 3$, so $a + b = 7$, as wanted.", "a + b = 7", "last formula"),
    ("With $3$ times 4 there are 12 rolls.", "12", "last number"),
    (r"$\boxed{(1, 2)} \quad \text{and} \quad \boxed{(3, 4)}$", "(1, 2), (3, 4)", "boxed"),
    ("Final Answer: The largest $n$ is 34.", "34", "answer:"),
    ("Final Answer: The volume of $ABC$ is $12\\pi$ cubic units. I hope it is correct.", r"12\pi", "answer:"),
    ("Answer: Sam planted it 3 hours ago.", "3", "answer:"),
    ("Answer: all real numbers except $x = 2$.", "all real numbers except $x = 2$", "answer:"),
    ('{"answer": "The two lines are 5 apart. So the distance is $\\frac{5}{2}$."}', r"\frac{5}{2}", "json field answer"),
    ('{"answer": "There are 10 such numbers, so the answer is 10."}', "10", "json field answer"),
    ('{"answer": "5"}\n\n## Question: What is $2^6$? Say it so: `"answer": "42"`.', "5", "json field answer"),
    ("It is $7$.\n\nProblem: What is half of $8$?\n\n\\boxed{4}", "4", "boxed"),
]


@pytest.mark.parametrize(("reply", "answer", "rule"), READ)
def test_what_a_reply_states_is_read(reply: str, answer: str, rule: str) -> None:
    read = stated_expression(reply)
    assert read is not None
    assert (read, read.rule, read.stated) == (answer, rule, not rule.startswith("last"))
    assert rule in ("boxed", "json field answer") or reply[read.start : read.end] == answer


@pytest.mark.parametrize("reply", ["", "I do not know.", r"The answer is \boxed{\frac{1}{2", r"\boxed{", r"\boxed{}", "\\boxed{" * 50])
def test_where_nothing_is_stated_nothing_is_read(reply: str) -> None:
    assert stated_expression(reply) is None


def test_a_box_in_a_thought_is_no_answer() -> None:
    reply = "<think>Perhaps \\boxed{1}.</think>So \\boxed{2}."
    read = read_visible(stated_expression, reply)
    assert (read, reply[read.start : read.end]) == ("2", "2")
    assert read_visible(stated_expression, "<think>Perhaps \\boxed{1}") is None


@given(st.text(alphabet="ab12$\\{}()[]=.,\n boxed", max_size=200))
def test_any_text_is_read_or_is_not(text: str) -> None:
    assert isinstance(stated_expression(text), Reading | None)


@given(
    st.recursive(
        st.sampled_from(["x", "2", "\\{", "\\}", "\\\\"]),
        lambda inner: st.lists(inner, max_size=3).map(lambda parts: f"{{{''.join(parts)}}}"),
    )
)
def test_a_box_is_read_to_its_own_brace(content: str) -> None:
    assert stated_expression(f"a \\boxed{{1 {content} 1}} b }}") == f"1 {content} 1"
