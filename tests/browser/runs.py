"""Runs for pages to tell of."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import PIL.Image

from itemwise.cases.chat import Turn
from itemwise.cases.reply import Reply, Verdict
from itemwise.gates.gate import Decision
from itemwise.reporting import RunRecord
from itemwise.results.entry import Entry
from tests.reporting.conftest import MODEL, a_reply, a_run, an_entry

__all__ = ["a_picture", "node_id", "run_of_all_kinds", "run_of_many"]


def a_picture(size: tuple[int, int] = (320, 240), colour: str = "steelblue") -> bytes:
    content = io.BytesIO()
    PIL.Image.new("RGB", size, colour).save(content, format="PNG")
    return content.getvalue()


def node_id(model: str, strategy: str, case: str) -> str:
    return f"benchmarks/test_sums.py::test_sums[{model}-{strategy}-{case}]"


def _entry(number: int, verdict: Verdict, model: str, strategy: str, **changes: Any) -> Entry:
    test = node_id(model, strategy, f"sums-{number}")
    told: dict[str, Any] = {"model_name": model, "strategy": strategy, "node_id": test, "position": (model, strategy, number)}
    return an_entry(number, verdict, **{**told, "rerun": f"pytest '{test}'", "model": {**MODEL, "model": model}, **changes})


def run_of_all_kinds() -> RunRecord:
    """Two models by two ways of asking on 8 cases; sums-5 has a picture, sums-6 three turns and an emoji before its answer."""
    verdicts = [Verdict.CORRECT] * 3 + [Verdict.WRONG, Verdict.NO_ANSWER, Verdict.TRUNCATED, Verdict.CORRECT, Verdict.ERROR]
    entries = []
    for model in ("embedded-text", "other-model"):
        for strategy in ("direct", "tool"):
            for number, verdict in enumerate(verdicts):
                changes: dict[str, Any] = {"tags": {"subject": "sums"}}
                if number == 1:
                    changes["reply"] = replace(a_reply("The long reply: 42"), completion_tokens=700, seconds=0.5)
                if number == 2:
                    changes["reply"] = replace(a_reply("The slow reply: 42"), completion_tokens=7, seconds=90.0)
                if number == 5:
                    changes["picture"] = "shown"
                if number == 6:
                    said = "😀😀 so it is 42."
                    turns = (Turn("user", "What is 6*7?"), Turn("assistant", "Hm."), Turn("user", "Answer."), Turn("assistant", said))
                    changes["reply"] = Reply(said, "stop", 20, 12, 0.25, 8, turns)
                    changes["span"] = (said.index("42"), said.index("42") + 2)
                entries.append(_entry(number, verdict, model, strategy, **changes))
    decisions = [Decision(True, "gate sums-synthetic >= 0.40: passed"), Decision(False, "gate sums-synthetic >= 0.80: missed")]
    return a_run(*entries, decisions=decisions, pictures={"shown": a_picture()})


def run_of_many(count: int) -> RunRecord:
    """`count` cases, every third of them wrong."""
    verdicts = (Verdict.CORRECT, Verdict.CORRECT, Verdict.WRONG)
    return a_run(*(_entry(number, verdicts[number % 3], "embedded-text", "direct") for number in range(count)))
