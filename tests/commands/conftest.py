"""Run folders made by hand, a few cases each, as a run leaves them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from itemwise.results.labels import Key
from tests.models.conftest import checkpoint, copied, one_thread

__all__ = ["checkpoint", "copied", "one_thread"]

ROWS = {"source": "synthetic", "prompt": "json", "seed": "42"}
VERDICTS = {"C": "correct", "W": "wrong", "N": "no answer", "T": "truncated", "E": "error"}


def a_case(number: int, verdict: str, **changes: Any) -> dict[str, Any]:
    """A line of results.jsonl; what `changes` does not say follows from the verdict's letter."""
    answer = {"C": "42", "W": "41"}.get(verdict)
    text = {"C": '{"answer": 42}', "W": '{"answer": 41}', "N": "I cannot say.", "T": "First, 6*7"}.get(verdict)
    reply = {"text": text, "finish_reason": "length" if verdict == "T" else "stop", "completion_tokens": 9, "seconds": 0.1, "turns": []}
    found = {
        "node_id": f"test_sums.py::test_sums[m-direct-sums-{number}]",
        "benchmark": "sums",
        "model_name": "m",
        "strategy": "direct",
        "case": f"sums-{number}",
        "prompt": "What is 6*7?",
        "expected": "42",
        "verdict": VERDICTS[verdict],
        "answer": answer,
        "rule": None,
        "span": None,
        "message": "",
        "tags": {},
        "reply": {} if text is None else reply,
    }
    return found | changes


def in_part(cases: Sequence[Mapping[str, Any]], **part: str) -> list[dict[str, Any]]:
    """The same cases under another benchmark, model_name, strategy or prompt_name."""
    return [{**case, **part, "node_id": f"{case['node_id']}-{'-'.join(part.values())}"} for case in cases]


def said(text: str, expected: str, number: int = 0, *, finish_reason: str = "stop", **changes: Any) -> dict[str, Any]:
    """A case of which only the reply and the expected answer matter."""
    reply = {"text": text, "finish_reason": finish_reason, "completion_tokens": 9, "seconds": 0.1, "turns": []}
    return a_case(number, "W", expected=expected, reply=reply, **changes)


def key_of(case: Mapping[str, Any]) -> Key:
    return Key(case["benchmark"], case["model_name"], case["strategy"], case.get("prompt_name", ""))


class Reports:
    """A project's folder, in which the commands are given, with the reports of its runs."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def leave(self, name: str, *cases: Mapping[str, Any], rows: Mapping[str, str] = ROWS, **changes: Any) -> Path:
        """What a run called `name` leaves: results.jsonl with `cases`, and a run.json that fits them."""
        sizes = Counter(key_of(case) for case in cases)
        record = {
            "started": "2026-05-01T12:00:00+00:00",
            "seconds": 12.3,
            "command": "pytest benchmarks/ -k sums",
            "settings": {"models": ["m"], "sample": 50, "prompt": None},
            "models": {"m": {"revision": "sha256:0123", "versions": "transformers 5.0, torch 2.9"}},
            "rows": {key.rows[0]: {**rows, **({"prompt": key.prompt} if key.prompt else {})} for key in sizes},
            "environment": {"python": "3.11.7"},
            "results": [{**key.record(), "sample": size} for key, size in sizes.items()],
            "gates": [],
        }
        folder = self.root / "reports" / name
        folder.mkdir(parents=True)
        (folder / "run.json").write_text(json.dumps(record | changes), encoding="utf-8")
        lines = "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases)
        (folder / "results.jsonl").write_text(lines, encoding="utf-8", errors="backslashreplace")
        return folder

    def judged(self, name: str, verdicts: str, **changes: Any) -> Path:
        """A run of `sums` with a verdict's letter for each case: C, W, N, T or E."""
        return self.leave(name, *(a_case(number, verdict) for number, verdict in enumerate(verdicts)), **changes)


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reports:
    monkeypatch.chdir(tmp_path)
    return Reports(tmp_path)
