"""What a series was measured with, and what of it differs."""

from __future__ import annotations

from typing import Any

import pytest

from itemwise.analysis.provenance import Part, differing, provenance_of
from itemwise.cases.reply import Verdict
from itemwise.results.ledger import Tally

TALLY = Tally("sums", "m", "vote:samples=9", 1, dict.fromkeys(Verdict, 0), 0, 0.0)
RECORD = {
    "settings": {"models": ["m"], "strategies": {"vote:samples=9": {"samples": 9}}, "seed": 42, "batch_size": 32, "engine": "local"},
    "models": {
        "m": {
            "model": "m", "revision": "sha256:01", "quantisation": "nf4", "dtype": "float32", "device": "cpu", "system": "none",
            "max new tokens": "512", "versions": "transformers 5.0, torch 2.9",
        }
    },
    "rows": {"sums": {"source": "synthetic", "prompt": "json", "reader": "last_number", "seed": "7", "cases": "cf1e"}},
    "environment": {"python": "3.11", "libraries": {"torch": "2.9"}, "hardware": {"gpus": ["a", "b"]}, "suite": {"commit": "8b43"}},
}  # fmt: skip


def changed(path: str, value: Any) -> dict[str, Any]:
    """RECORD with another value at the names of `path`."""
    *names, last = path.split("/")
    record: dict[str, Any] = dict(RECORD)
    inner = record
    for name in names:
        inner[name] = dict(inner[name])
        inner = inner[name]
    inner[last] = value
    return record


def test_settings_are_sorted_by_what_they_belong_to() -> None:
    assert provenance_of(RECORD, TALLY) == {
        Part.MODEL: {"name": "m", "revision": "sha256:01", "quantisation": "nf4", "dtype": "float32"},
        Part.HARNESS: {
            "strategy": "vote:samples=9", "strategy samples": "9", "seed": "7", "batch size": "32", "source": "synthetic",
            "prompt": "json", "extractor": "last_number", "hash of the sample": "cf1e", "system": "none", "max new tokens": "512",
        },
        Part.MACHINE: {
            "device": "cpu", "engine": "local", "transformers": "5.0", "torch": "2.9", "python": "3.11", "gpus": "a, b",
            "suite commit": "8b43",
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("models/m/quantisation", "none", {Part.MODEL: ["quantisation"]}),
        ("models/m/adapter", "lora 12ab", {Part.MODEL: ["adapter"]}),
        ("models/m/max new tokens", "1024", {Part.HARNESS: ["max new tokens"]}),
        ("rows/sums/prompt", "cot", {Part.HARNESS: ["prompt"]}),
        ("rows/sums/reader", "strict-json", {Part.HARNESS: ["extractor"]}),
        ("models/m/versions", "transformers 5.1, torch 2.9", {Part.MACHINE: ["transformers"]}),
        ("environment/suite", None, {Part.MACHINE: ["suite commit"]}),
        ("seconds", 9.0, {}),
    ],
)
def test_what_differs_is_named_under_its_part(path: str, value: Any, expected: dict[Part, list[str]]) -> None:
    assert differing(provenance_of(RECORD, TALLY), provenance_of(changed(path, value), TALLY)) == expected


@pytest.mark.parametrize("record", [{}, {"settings": None, "models": [], "rows": {"sums": "?"}, "environment": 3}])
def test_a_record_that_tells_nothing_leaves_the_names(record: dict[str, Any]) -> None:
    assert provenance_of(record, TALLY) == {Part.MODEL: {"name": "m"}, Part.HARNESS: {"strategy": "vote:samples=9"}, Part.MACHINE: {}}
