"""A snapshot of an entry: what it keeps, and the machine it names."""

from __future__ import annotations

from pathlib import Path

import pytest

from itemwise.cases.reply import Verdict
from itemwise.snapshots import Snapshot, machine
from tests.reporting.conftest import an_entry

MODEL = {"model": "m", "dtype": "float32", "device": "cpu", "versions": "transformers 5.0, torch 2.9"}


def test_a_snapshot_keeps_the_outcome_and_what_generated_it() -> None:
    entry = an_entry(0, Verdict.WRONG, model=MODEL, answer="41", expected="42", prompt="What is 6*7?")
    kept = Snapshot.of(entry, batch_size=None, cpu="x86_64, avx2")
    assert kept.outcome == ("wrong", "41", entry.texts().reply_text)
    assert kept.made == {
        "model": "m",
        "dtype": "float32",
        "machine": "x86_64, avx2",
        "batch size": "auto",
        "transformers": "5.0",
        "torch": "2.9",
    }


@pytest.mark.parametrize(
    ("model", "name"), [({"device": "NVIDIA H100"}, "NVIDIA H100"), ({"compute": "server"}, "server"), ({}, "unknown")]
)
def test_off_the_cpu_the_machine_is_the_device(model: dict[str, str], name: str) -> None:
    assert Snapshot.of(an_entry(0, Verdict.WRONG, model=model), batch_size=4, cpu="x86_64").made == {"machine": name, "batch size": "4"}


def test_prompts_are_told_apart_by_their_hash() -> None:
    first, second = (Snapshot.of(an_entry(0, Verdict.WRONG, prompt=text), batch_size=4, cpu="") for text in ("6*7?", "\ud800"))
    assert first.prompt != second.prompt
    assert {len(first.prompt), len(second.prompt)} == {12}


def test_the_machine_is_named_by_what_may_decide_a_sum(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("vendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel name\t: X\nflags\t\t: fpu avx avx2\n\nvendor_id\t: Other\n")
    assert machine(cpuinfo).endswith("GenuineIntel family 6, avx2")
    assert machine(tmp_path / "none")
