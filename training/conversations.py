"""What the embedded text model is trained on: chats over the suite's own prompts, replies worked out step by step."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from itemwise.strategies.calculator import CALCULATOR
from itemwise.synthetic import word_problems

__all__ = ["Chat", "chats"]

Chat = dict[str, Any]  # {"messages": [...], "tools": [...] or None}
Row = Mapping[str, Any]

# Other wordings of the same tasks, so that the model answers the task and not one exact string.
PARAPHRASES = {
    "json": (
        'Work out the answer. Give only JSON with "steps" (the calculations) and "answer" (a number).\n\n{question}',
        '{question}\n\nReply as JSON: {{"steps": [...], "answer": number}}',
        "Problem: {question}\nList the calculations and the final number as JSON with the fields steps and answer.",
    ),
    "json-zh": (
        "请解题。只输出 JSON，字段为 steps（计算步骤）和 answer（最后的数字）。\n\n{question}",
        "{question}\n\n用 JSON 回答，包含 steps 和 answer。",
    ),
    "cot": (
        "{question}\nLet us think step by step. End with: The answer is",
        "Solve step by step and finish with the line: The answer is, then the number.\n\n{question}",
    ),
}
PARAPHRASED = 0.25
ROWS_AT_ONCE = 4000

# How replies vary without being broken, in shares like those of real models' JSON replies: a currency sign (6 %),
# cents (3 %), a unit (1.5 %), a quoted number, a code fence. The story decides, so that greedy decoding shows it too.
CURRENCY = {"change-back", "sale-price"}
CENTS = {"fence-cost"}
UNITS = {"hours-and-minutes": "minutes"}
QUOTED = {"two-goods", "average-of-two", "farm-legs", "weekly-saving", "pages-left", "drive-on"}
FENCED = {
    "clock-span", "older-siblings", "percent-then-rest", "recipe-scale", "shopping-change",
    "stock-moves", "three-friends", "profit-on-cakes", "two-shifts", "school-fair",
}  # fmt: skip


def chats(seed: int, prompts: Mapping[str, str], mix: Mapping[str, float], *, split: str = "train") -> Iterator[Chat]:
    """Endless training chats. `mix` gives the shares of the kinds: json, json-zh, cot, tool, drill."""
    rng = random.Random(f"chats/{split}/{seed}")
    rows = _rows(rng, split)
    kinds, shares = tuple(mix), tuple(mix.values())
    while True:
        match rng.choices(kinds, shares)[0]:
            case "tool":
                yield _tool_chat(next(rows), _worded(rng, "json", prompts))
            case "drill":
                yield _drill(rng, [next(rows) for _ in range(3)])
            case kind:
                yield _plain_chat(next(rows), _worded(rng, kind, prompts), kind)


def _rows(rng: random.Random, split: str) -> Iterator[Row]:
    while True:  # afresh now and then: to keep every row unlike all before it gets slow once a template is nearly used up
        yield from islice(word_problems(rng.getrandbits(32), split=split), ROWS_AT_ONCE)


def _worded(rng: random.Random, kind: str, prompts: Mapping[str, str]) -> str:
    return rng.choice(PARAPHRASES[kind]) if rng.random() < PARAPHRASED else prompts[kind]


def _plain_chat(row: Row, prompt: str, kind: str) -> Chat:
    reply = cot_reply(row) if kind == "cot" else json_reply(row)
    return {"messages": [_user(prompt.format_map(row)), {"role": "assistant", "content": reply}], "tools": None}


def _tool_chat(row: Row, prompt: str) -> Chat:
    messages = [_user(prompt.format_map(row))]
    for expression, result in row["steps"]:
        call = {"name": "calculator", "arguments": {"expression": expression}}
        messages.append({"role": "assistant", "content": f"<tool_call>\n{json.dumps(call)}\n</tool_call>"})
        messages.append({"role": "tool", "content": result})
    messages.append({"role": "assistant", "content": json_reply(row)})
    return {"messages": messages, "tools": [CALCULATOR]}


def _drill(rng: random.Random, rows: list[Row]) -> Chat:
    steps = [step for row in rows for step in row["steps"]]
    rng.shuffle(steps)
    asked = "\n".join(expression for expression, _ in steps[:8])
    done = "\n".join(f"{expression}={result}" for expression, result in steps[:8])
    return {"messages": [_user(f"Calculate:\n{asked}"), {"role": "assistant", "content": done}], "tools": None}


def json_reply(row: Row) -> str:
    """The reply the JSON prompts ask for."""
    steps = [f"{expression}={result}" for expression, result in row["steps"]]
    body = f'{{"steps": {json.dumps(steps)}, "answer": {_answer(row)}}}'
    return f"```json\n{body}\n```" if row["template"] in FENCED else body


def cot_reply(row: Row) -> str:
    """The reply the chain-of-thought prompt asks for."""
    worked = "\n".join(f"{expression}={result}" for expression, result in row["steps"])
    return f"{worked}\nThe answer is {row['steps'][-1][1]}."


def _answer(row: Row) -> str:
    number, template = row["steps"][-1][1], row["template"]
    if template in CURRENCY:
        return f'"${number}"'
    if template in CENTS:
        return f'"${number}.00"'
    if template in UNITS:
        return f'"{number} {UNITS[template]}"'
    return f'"{number}"' if template in QUOTED else str(number)


def _user(content: str) -> dict[str, str]:
    return {"role": "user", "content": content}
