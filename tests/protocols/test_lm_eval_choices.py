"""lm-evaluation-harness' tasks that score texts: the prompts and what is scored behind them, spelt out on rows of our own."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from itemwise.cases.benchmark import Benchmark
from itemwise.cases.case import Case
from itemwise.cases.chat import Turn
from itemwise.extractors import stated_choice
from itemwise.protocols import protocols
from itemwise.session.asked_protocol import under_protocol
from itemwise.session.sample import Sample, sampled
from itemwise.session.settings import read_settings
from itemwise.session.wording import wordings_of
from itemwise.strategies import configured_strategy
from tests.scripted import read_all

ARC = {"question": " Which is a metal? ", "choices": {"text": ["wood", "iron"], "label": ["1", "2"]}, "answerKey": "2"}
PIQA = {"goal": "To dry a shoe,", "sol1": "use old newspaper.", "sol2": "use a stone.", "label": 0}
HELLASWAG = {
    "activity_label": "Home",
    "ctx_a": "[header] How to dry a shoe [title] Take out   the laces. [step] Loosen them.",
    "ctx_b": "then you",
    "endings": ["use old newspaper. [substeps] Change it.", "[title] Sing.", "use stones.", "wait."],
    "label": "1",
}
WINOGRANDE = {"sentence": "The cup did not fit into the box as the _ was too big. ", "option1": "box", "option2": "cup", "answer": "2"}


def asked(task: str, folder: Path, rows: Sequence[dict[str, Any]], **given: object) -> Sample:
    """The sample of rows in a folder, of which the first is asked and the others are examples."""
    protocol = protocols()[f"lm-eval/{task}"]
    for split, lines in (("test" if protocol.config else "validation", rows[:1]), *([("train", rows[1:])] if rows[1:] else [])):
        (folder / f"{split}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    settings = read_settings({"protocol": protocol.name, "source": str(folder), "sample": "all", **given}, root=folder, here=folder)
    declared = Benchmark(list, stated_choice, configs=("easy", "challenge") if protocol.config else ())
    benchmark = under_protocol(declared, protocol.benchmark, settings)
    assert benchmark.configs == ((protocol.config,) if protocol.config else ())
    (wording,) = wordings_of(benchmark, settings, None).values()
    return sampled(protocol.benchmark, benchmark.of_config(protocol.config), settings, wording)


def scored(task: str, case: Case) -> list[tuple[str, tuple[str, ...]]]:
    """The plain texts that the protocol's strategy asks for, and what it scores behind each."""
    found = []

    async def ask(turns: Sequence[Turn], *, continuations: Sequence[str]) -> Turn:
        assert [turn.role for turn in turns] == ["text"]
        found.append((turns[0].content, tuple(continuations)))
        return Turn("assistant", "", logprobs=(-1.0,) * len(continuations))

    strategy = configured_strategy(protocols()[f"lm-eval/{task}"].strategy)
    asyncio.run(strategy.bind(case.chat, read_all, case.choices)(ask))  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("task", "row", "texts", "answer"),
    [
        ("arc_easy", ARC, [("Question:  Which is a metal? \nAnswer:", (" wood", " iron"))], "B"),
        ("arc_challenge", ARC, [("Question:  Which is a metal? \nAnswer:", (" wood", " iron"))], "B"),
        ("piqa", PIQA, [("Question: To dry a shoe,\nAnswer:", (" use old newspaper.", " use a stone."))], "A"),
        (
            "hellaswag",
            HELLASWAG,
            [
                (
                    "Home: How to dry a shoe. Take out  the laces. Loosen them. Then you",
                    (" use old newspaper. Change it.", "  Sing.", " use stones.", " wait."),
                )
            ],
            "B",
        ),
        (
            "winogrande",
            WINOGRANDE,
            [(f"The cup did not fit into the box as the {name}", (" was too big.",)) for name in ("box", "cup")],
            "B",
        ),
    ],
)
def test_the_texts_that_are_scored(task: str, row: dict[str, Any], texts: object, answer: str, tmp_path: Path) -> None:
    sample = asked(task, tmp_path, [row])
    assert scored(task, sample.cases[0]) == texts
    assert (sample.cases[0].answer, sample.rows["protocol"]) == (answer, f"lm-eval/{task}")


def test_of_a_scene_that_ends_in_a_blank_an_ending_is_two_blanks_away(tmp_path: Path) -> None:
    scene = {**HELLASWAG, "ctx_a": "Take out the laces. [step]", "ctx_b": ""}
    ((prompt, (first, *_)),) = scored("hellaswag", asked("hellaswag", tmp_path, [scene]).cases[0])
    assert prompt + first == "Home: Take out the laces.  use old newspaper. Change it."


@pytest.mark.parametrize(("task", "more"), [("piqa", 1), ("arc_easy", 0)])
def test_examples_are_drawn_from_train_one_more_where_there_is_no_test_split(task: str, more: int, tmp_path: Path) -> None:
    piqa, arc = ([{**row, column: f"To do {number},"} for number in range(9)] for row, column in ((PIQA, "goal"), (ARC, "question")))
    sample = asked(task, tmp_path, piqa if task == "piqa" else arc, shots=["3"])
    drawn = random.Random(1234).sample(range(1, 9), 3 + more)[:3]
    solution = "use old newspaper." if task == "piqa" else "iron"
    examples = "".join(f"Question: To do {number},\nAnswer: {solution}\n\n" for number in drawn)
    assert sample.cases[0].text == f"{examples}Question: To do 0,\nAnswer:"
    assert sample.rows["protocol"] == f"changed from lm-eval/{task}: shots 3"
