"""GSM8K: grade-school word problems whose answer is one number (Cobbe et al. 2021, arXiv:2110.14168).

A row, made up here in the dataset's form; the gold is what follows the last ``####``::

    {"question": "A baker fills 6 trays with 7 rolls each and eats 2 rolls. How many rolls are left?",
     "answer": "The trays hold 6*7=<<6*7=42>>42 rolls.\\nAfter eating there are 42-2=<<42-2=40>>40.\\n#### 40"}

Source: ``openai/gsm8k`` on the Hugging Face hub, configuration ``main``, 1,319 rows in ``test`` and 7,473 in ``train``. Licence: MIT.
Without a hub the rows are made (``itemwise.synthetic.word_problems``), and called gsm8k-synthetic.
"""

import json
import re
from collections.abc import Iterator
from functools import partial

from itemwise import Card, Case, Examples, Hub, Row, Source, cases
from itemwise.extractors import last_number
from itemwise.synthetic import word_problems

GSM8K = Hub("openai/gsm8k", "main", split="test", revision="cc7b047b6e5bb11b4f1af84efc572db110a51b3c")

PROMPTS = {  # the first is asked where neither --prompt nor the model itself prefers another
    "cot": """\
{question}

Think step by step, one calculation per line. End with a line "The answer is" and the number.""",
    "json": """\
Solve the problem. Reply with JSON only: "steps" lists each calculation, "answer" is the final number.
Example: {{"steps": ["6*7=42", "42-2=40"], "answer": 40}}

Problem: {question}""",
    "json-zh": """\
解答下面的应用题。只回复 JSON：steps 列出每一步计算，answer 是最后的数字。
例如：{{"steps": ["6*7=42", "42-2=40"], "answer": 40}}

题目：{question}""",
    "json-form": """\
Solve the problem. Reply with JSON only: "steps" lists each calculation, "answer" is the final number.
Form: {{"steps": ["calculation = result", ...], "answer": number}}

Problem: {question}""",
    "boxed": """\
{question}

Please reason step by step, and put your final answer within \\boxed{{}}.""",
    "question": "{question}",  # for a model whose own system prompt says how to reply
    "qa": "Question: {question}\nAnswer:",  # for a base model, with --shots
}


def gsm8k(source: Source, prompt: str, prompt_name: str = "") -> Iterator[Case]:
    for row in source.rows(GSM8K, synthetic=word_problems):
        gold = row.number("answer")  # behind the last ####
        yield Case(f"gsm8k-{row.id}", row.prompt(prompt), gold, solution=partial(solution, row, prompt_name, gold))


def solution(row: Row, prompt_name: str, gold: str) -> str:
    """The worked answer of a row as a good reply to the prompt of that name, for --shots."""
    worked = row.text("answer").rpartition("####")[0]
    if prompt_name.startswith("json"):
        steps = re.findall("<<(.*?)>>", worked) or worked.split("\n")[:-1]
        return json.dumps({"steps": steps, "answer": json.loads(gold)})
    lines = [line for line in re.sub("<<.*?>>", "", worked).splitlines() if line.strip()]
    return "\n".join([*lines, f"\\boxed{{{gold}}}" if prompt_name == "boxed" else f"The answer is {gold}."])


CARD = Card(
    version=1,
    measures="grade-school word problems of several steps",
    hub=GSM8K,
    rows="1,319",
    licence="MIT",
    suites=("maths", "quick"),
    published=("Qwen2.5-7B-Instruct 91.6% (Qwen2.5 Technical Report, arXiv 2412.15115); more in docs/published-numbers.md",),
)


@cases(gsm8k, prompts=PROMPTS, extract=last_number, examples=Examples("train"), card=CARD)
def test_gsm8k(case: Case, answer: str | None) -> None:
    assert answer == case.answer
