"""Thoughts, calls and their results, messages: what of a reply is read, and what is kept apart from what was said."""

from __future__ import annotations

import pytest

from itemwise.extractors import last_number, stated_choice
from itemwise.extractors.reply_marks import CALL, END, FAMILIES, FRAME, HEADER, OUTPUT, RESULT, THOUGHT
from itemwise.extractors.reply_parts import has_thought, parted, reply_parts, thoughts_in, without_thoughts
from itemwise.extractors.visible_parts import visible_parts

DOUBTS = "Is it A or B? The first may be 31, the second 32, and the answer is 31. " * 8
THOUGHTS = ["31? The answer is B.", DOUBTS, f"{DOUBTS}\n\nSo the answer is (A) 31."]
LAST_LINES = ["Final Answer: The final answer is 7", "**Final Answer:** 7", "#### 7", "Answer: 7", "<answer>7</answer>", "\\boxed{7}"]
OPENING = {  # an example of each family's marks: what stands before and behind a thought, a call or a result
    "think tags": ("<think>", "</think>"),
    "Mistral": ("[THINK]", "[/THINK]"),
    "Kimi-VL": ("◁think▷", "◁/think▷"),
    "Gemma 4": ("<|channel>thought\n", "<channel|>"),
    "Sky-T1": ("<|begin_of_thought|>", "<|end_of_thought|>\n\n<|begin_of_solution|>"),
    "Solar Open": ("<|think:start|>", "<|think:end|>"),
    "MiniCPM": ("<|thought_start|>", "<|thought_end|>"),
    "Command A": ("<|START_THINKING|>", "<|END_THINKING|><|START_RESPONSE|>"),
    "Apertus": ("<|inner_prefix|>", "<|inner_suffix|>"),
    "s1": ("<|im_start|>think\n", "\n<|im_start|>answer\n"),
    "Granite": ("Here is my thought process:\n", "\n\nHere is my response:"),
    "Open WebUI": ('<details type="reasoning" done="true">', "</details>"),
    "harmony": ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    "harmony, bare": ("analysisWe think. ", "assistantfinal"),
    "call tags": ('<tool_call>\n{"name": "add", "arguments": {"a": 31}}', "\n</tool_call>"),
    "Llama calls": ('<|python_tag|>{"name": "add", "parameters": {"a": 31}}', "<|eom_id|>"),
    "Mistral calls": ('[TOOL_CALLS] [{"name": "add", "arguments": {"a": 31}}]', "</s>"),
    "Granite calls": ('<|tool_call|>[{"name": "add", "arguments": {"a": 31}}]', ""),
    "Kimi calls": (
        '<|tool_calls_section_begin|><|tool_call_begin|>functions.add:0<|tool_call_argument_begin|>{"a": 31}',
        "<|tool_call_end|><|tool_calls_section_end|>",
    ),
    "DeepSeek calls": (
        '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>add\n```json\n{"a": 31}\n```',
        "<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
    ),
    "LFM calls": ("<|tool_call_start|>[add(a=31)]", "<|tool_call_end|>"),
    "Gemma 4 calls": ("<|tool_call>call:add{a:31}", "<tool_call|>"),
    "Command A calls": ('<|START_ACTION|>[{"tool_name": "add", "parameters": {"a": 31}}]', "<|END_ACTION|>"),
    "InternLM calls": ('<|action_start|><|plugin|>{"name": "add", "parameters": {"a": 31}}', "<|action_end|>"),
    "Apertus calls": ('<|tools_prefix|>[{"add": {"a": 31}}]', "<|tools_suffix|>"),
    "harmony calls": ('<|channel|>commentary to=functions.add <|constrain|>json<|message|>{"a": 31}', "<|call|>"),
    "harmony calls, bare": ('assistantcommentary to=functions.add json{"a": 31}', ""),
    "fenced calls": ('```json\n{"name": "add", "arguments": {"a": 31}}\n', "```"),
    "JSON calls": ('{"name": "add", "arguments": {"a": 31}}', ""),
    "ReAct answers": ("Action: Final Answer\nAction Input: ", ""),
    "ReAct calls": ("Action: add\nAction Input: 31, 0", ""),
    "result tags": ("<tool_response>\n31\n", "</tool_response>"),
    "Mistral results": ('[TOOL_RESULTS]{"content": 31}', "[/TOOL_RESULTS]"),
    "Kimi results": ("<|tool_response|>31", "<|/tool_response|>"),
    "Gemma 4 results": ("<|tool_response>31", "<tool_response|>"),
    "DeepSeek results": ("<｜tool▁outputs▁begin｜><｜tool▁output▁begin｜>31", "<｜tool▁output▁end｜><｜tool▁outputs▁end｜>"),
    "Command A results": ("<|START_TOOL_RESULT|>31", "<|END_TOOL_RESULT|>"),
    "ReAct results": ("Action: add\nAction Input: 1\nObservation: 31", "\nThought: now I know."),
    "fenced output": ("```output\n31\n", "```"),
    "beginnings": ("<s>", ""),
    "frames": ("<response>", "</response>"),
    "headers": ("<|im_start|>assistant\n", ""),
    "ends": ("", "<|im_end|>"),
}
THINKING = [name for name, family in FAMILIES.items() if family.kind == THOUGHT]
CALLS = [name for name, family in FAMILIES.items() if family.kind == CALL]


def test_each_family_has_an_example() -> None:
    assert OPENING.keys() == FAMILIES.keys()


@pytest.mark.parametrize("family", THINKING)
@pytest.mark.parametrize(
    "thought", ["31? The answer is B.", DOUBTS, f"{DOUBTS}\n\nSo the answer is (A) 31."], ids=["short", "long", "answered"]
)
def test_a_thought_is_not_read_and_what_follows_it_is(family: str, thought: str) -> None:
    opening, closing = OPENING[family]
    for between in ("", "\n\n"):
        assert last_number(f"{opening}{thought}{closing}{between}7") == "7"
        assert last_number(f"{opening}{thought}{closing}{between}Tom has 7 pears.") == "7"
        assert stated_choice(f"{opening}{thought}{closing}{between}C", 4) == "C"
        assert stated_choice(f"{opening}{thought}{closing}{between}(C) 7", 4) == "C"
    assert last_number(f"{opening}{thought}{closing}") is None
    if family != "Granite":  # whose opening words are plain words where the closing ones are missing
        assert last_number(f"{opening}{thought}") is None
        assert stated_choice(f"{opening}{thought}", 4) is None


@pytest.mark.parametrize("family", THINKING)
@pytest.mark.parametrize(
    "line", ["Final Answer: The final answer is 7", "**Final Answer:** 7", "#### 7", "Answer: 7", "<answer>7</answer>", "\\boxed{7}"]
)
def test_of_a_thought_that_is_never_closed_a_last_line_that_is_called_the_answer_is_read(family: str, line: str) -> None:
    assert last_number(f"{OPENING[family][0]}{DOUBTS}\n\n{line}") == "7"


@pytest.mark.parametrize("line", ["So the answer is 7, or", "Then 7 is left.", "The answer is 7. But wait", "Maybe 7", "7"])
def test_of_a_thought_that_was_cut_off_nothing_is_read(line: str) -> None:
    assert last_number(f"<think>{DOUBTS}\n\n{line}") is None


@pytest.mark.parametrize("text", ["Add 12 and 19. <think>31?", "<think>a</think>12 or 19\n<think>31"])
def test_what_is_said_before_a_thought_without_end_is_not_the_last_word(text: str) -> None:
    assert last_number(text) is None


@pytest.mark.parametrize("family", CALLS)
def test_arguments_of_a_call_are_not_read(family: str) -> None:
    call = "".join(OPENING[family])
    assert last_number(call) is None
    assert last_number(f"First I add what was taken.\n{call}") is None
    assert last_number(f"I must add 12 and 19.\n{call}") is None
    assert last_number(f"So she has 7 pears.\n{call}") == "7"
    assert last_number(f"The answer is 7.\n{call}") == "7"
    assert stated_choice(f"The answer is C.\n{call}", 4) == "C"


@pytest.mark.parametrize("family", [name for name, family in FAMILIES.items() if family.kind == RESULT])
def test_the_last_message_of_a_conversation_with_tools_is_read(family: str) -> None:
    result = "".join(OPENING[family])
    call = "" if family == "ReAct results" else "".join(OPENING["call tags"])
    assert last_number(f"I think the answer is 30.\n{call}\n{result}\nFinal answer: 7") == "7"
    assert stated_choice(f"I think the answer is A.\n{call}\n{result}\nAnswer: C", 4) == "C"
    assert last_number(f"I must add 12 and 19.\n{call}\n{result}") is None


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("<|im_end|>\n<|im_start|>tool\n", "<|im_end|>\n<|im_start|>assistant\n"),
        ("<|im_end|>\n<|im_start|>user\n<tool_response>\n", "\n</tool_response><|im_end|>\n<|im_start|>assistant\n"),
        ("<|eom_id|><|start_header_id|>ipython<|end_header_id|>\n\n", "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"),
        ("\n```output\n", "\n```\n"),
    ],
)
def test_results_in_messages_of_their_own_are_not_read(opening: str, closing: str) -> None:
    call = "".join(OPENING["call tags"])
    assert last_number(f"I think the answer is 30.\n{call}{opening}31{closing}She has 7 pears.") == "7"


@pytest.mark.parametrize(
    "text",
    [
        '<|channel|>analysis<|message|>31?<|end|><|start|>assistant<|channel|>commentary to=functions.add json<|message|>{"a": 31}<|call|>'
        "<|start|>functions.add to=assistant<|channel|>commentary<|message|>31<|end|>"
        "<|start|>assistant<|channel|>final<|message|>7<|return|>",
        'analysisI add.assistantcommentary to=functions.add json{"a": 31}assistantanalysisIs it 31?assistantfinalShe has 7 pears.',
        "Thought: I add.\nAction: add\nAction Input: 31\nObservation: 31\nThought: I know it now.\nFinal Answer: 7",
        "<tool_call>add\n<arg_key>a</arg_key>\n<arg_value>31</arg_value>\n</tool_call>\nShe has 7 pears.",
        '<function_calls>\n<invoke name="add">\n<parameter name="a">31</parameter>\n</invoke>\n</function_calls>\nShe has 7 pears.',
        '<think>31?</think>\nI add.\n<minimax:tool_call>\n<invoke name="add">31</invoke>\n</minimax:tool_call>\nShe has 7 pears.',
        '```json\n{\n  "name": "add",\n  "arguments": {\n    "a": 31\n  }\n}\n```\nShe has 7 pears.',
        '<tool_call>\n{"name": "add", "arguments": {"a": 31}}\nShe has 7 pears.',
        'So she has 7 pears.\n{"function_call": {"name": "add", "arguments": "{\\"a\\": 31}"}}',
        'So she has 7 pears.\n{"tool_calls": [{"name": "add", "arguments": {"a": 31}}]}',
        "```tool_code\nprint(add(31))\n```\n```tool_output\n31\n```\nShe has 7 pears.",
    ],
)
def test_of_calls_within_a_reply_what_is_said_is_read(text: str) -> None:
    assert last_number(text) == "7"


@pytest.mark.parametrize(
    "text",
    [
        "<think>3<think>4</think>5</think>7",
        "<thinking>3</thinking>\n<output>\n7\n</output>",
        "<think>3</think>\nThe answer is 7.</think>",
        "Is it 3?</think>\n\nTom has 7 pears.",
        "<think>\n```python\nx = 3\n</think>7",
        "The `<think>` tag has no end. The answer is 7.",
        'I write "<think>" first. The answer is 7.',
        "The <think> tag is not used here. The answer is 7.",
        "```html\n<p></p>\n<think>\n```\nThe answer is 7.",
        "The answer is <think>3?</think> 7.",
        "<s> The answer is 7</s>",
        "<|begin_of_text|>7<|end_of_text|>",
        "<|im_start|>assistant\n7<|im_end|>",
        "<|start_header_id|>assistant<|end_header_id|>\n\n7<|eot_id|>",
        "<|im_start|>user\nWhat is 3+4?<|im_end|>\n<|im_start|>assistant\n7<|im_end|>",
        "<s>[INST] What is 3+4? [/INST] 7</s>",
        "The answer is 7.<|im_end|>\n<|im_start|>user\nAnd 4+4?<|im_end|>\n<|im_start|>assistant\nThe answer is 8.",
        "Analysis of the sum: it comes to 7.",
        "Action: Finish[7]",
        "Thought: I know it now.\nAction: Final Answer\nAction Input: 7",
        "Here's my thought process:\n- Tom had 3 pears.\n- He got 4.\n\nSo Tom has 7 pears.",
        "<s>[INST] So Tom has 7 pears.",
        "<think>3?\\end{think}\nTom has 7 pears.",
    ],
)
def test_marks_that_part_nothing_hide_nothing(text: str) -> None:
    assert last_number(text) == "7"


@pytest.mark.parametrize(
    "text",
    [
        "assistant: I ask an expert. Is it 31?\n\nuser: ROUND 2: The expert says 30.\n\nassistant: So she has 7 pears.",
        "User: How many are 3 and 4?\nAssistant: The answer is 31.\nUser: Are you sure?\nAssistant: No. The answer is 7.",
        "=====\nIteration 1\n=====\nassistant: Action: add 30 and 1\nsystem: Observation: 31\nassistant: Final Answer: 7 pears",
        "**User:** 3+4?\n\n**Assistant:** 7",
        "Assistant: She has 7 pears.",
        "Assistant: The answer is 7.",
        "The answer is 7.\n\nHuman: And 4 and 4?\n\nAssistant: The answer is 8.\n\nHuman: And 1?\n\nAssistant: 9.",
    ],
)
def test_of_a_conversation_that_names_its_speakers_the_last_message_is_read(text: str) -> None:
    assert last_number(text) == "7"


@pytest.mark.parametrize("text", ["<s> (C) 7", "<s>C", "<bos>C<eos>", "<response>C</response>", "<|im_start|>assistant\nC<|im_end|>"])
def test_a_letter_is_read_between_marks(text: str) -> None:
    assert stated_choice(text, 4) == "C"


@pytest.mark.parametrize("unit", [opening + closing for opening, closing in OPENING.values()])
def test_a_span_is_where_the_answer_stands(unit: str) -> None:
    text = f"{unit}The answer {unit if '</' in unit else ''}is <think>no</think>(C) 77"
    for reading in (last_number(text), stated_choice(text, 4)):
        assert reading is None or text[reading.start : reading.end] == reading
    parts = reply_parts(text)
    assert [part.start for part in parts[1:]] == [part.end for part in parts[:-1]]
    assert (parts[0].start, parts[-1].end) == (0, len(text))


def test_a_model_in_a_loop_of_marks_is_read_no_further() -> None:
    assert list(visible_parts("<think></think>" * 2000 + "7")) == []
    assert {part.kind for part in reply_parts("</tool_call>" * 3000)} == {FRAME, "unclosed thought"}


def test_kinds_are_told_apart() -> None:
    text = "<|im_start|>assistant\n<think>3</think>```output\n3\n```<|im_end|>"
    assert [part.kind for part in reply_parts(text)] == [HEADER, THOUGHT, OUTPUT, END]


def test_closed_thoughts_are_blanked() -> None:
    assert without_thoughts("a<think>b</think>c<think>d") == "a" + " " * 16 + "c<think>d"


@pytest.mark.parametrize(
    ("text", "shown", "thought"),
    [
        ("The answer is 4.", "The answer is 4.", ""),
        ("<think>5?</think>\nThe answer is 4.", "The answer is 4.", "<think>5?</think>"),
        ("5?</think>The answer is 4.", "The answer is 4.", "5?</think>"),
        ("So <think>5?", "So", "<think>5?"),
        ("a <think>1</think> b <think>2</think> c", "a  b  c", "<think>1</think>\n<think>2</think>"),
    ],
)
def test_thoughts_are_taken_out(text: str, shown: str, thought: str) -> None:
    assert parted(text)[:2] == (shown, thought)
    assert thoughts_in(text) == thought


@pytest.mark.parametrize("text", ["<think>4?</think>\nThe answer is 42", "a <think>1</think> 42 <think>2</think>", "42 <think>1"])
def test_what_was_read_stands_where_it_stood(text: str) -> None:
    start = text.index("42")
    shown, _, span = parted(text, (start, start + 2))
    assert span is not None
    assert shown[slice(*span)] == "42"


def test_what_stands_in_a_thought_is_nowhere_beside_it() -> None:
    assert parted("<think>42</think>x", (7, 9))[2] is None


@pytest.mark.parametrize(
    ("text", "reasoning", "expected"),
    [
        ("<think>6*3</think>18", "", True),
        ("6*3</think>18", "", True),
        ("<think>6*3 is", "", True),
        ("18", "6*3", True),
        ("<think>\n\n</think>\n\n18", "", False),
        ("<|channel>thought\n<channel|>18", "", False),
        ("18", "\n\n", False),
        ("18", "", False),
    ],
)
def test_a_thought_with_nothing_between_its_marks_is_none(text: str, reasoning: str, expected: bool) -> None:
    assert has_thought(text, reasoning) == expected
