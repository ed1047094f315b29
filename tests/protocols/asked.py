"""Rows of our own asked under a protocol, and packages in the form of those whose words protocols read."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from itemwise.cases.benchmark import Benchmark
from itemwise.extractors import last_number
from itemwise.protocols import protocols
from itemwise.session.asked_protocol import under_protocol
from itemwise.session.sample import Sample, sampled
from itemwise.session.settings import read_settings
from itemwise.session.wording import wordings_of

TRAIN = [{"question": f"What is {n}+1?", "answer": f"It is {n}+1=<<{n}+1={n + 1}>>{n + 1}.\n\n#### {n + 1}"} for n in range(12)]
TEST = [{"question": f"What is {n}*2?", "answer": f"Twice {n} is {2 * n}.\n#### {2 * n:,}"} for n in range(500, 520)]


def asked(protocol: str, rows: Path, **given: object) -> Sample:
    """The sample of the protocol's benchmark in a folder of rows, all of it where no option says otherwise."""
    chosen = {"protocol": protocol, "source": str(rows), "sample": "all", **given}
    settings = read_settings(chosen, root=Path("/nowhere"), here=Path("/nowhere"))
    of = protocols()[protocol].benchmark
    benchmark = under_protocol(Benchmark(list, last_number), of, settings)
    (wording,) = wordings_of(benchmark, settings, None).values()
    return sampled(of, benchmark, settings, wording)


def package(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, files: Mapping[str, str]) -> Path:
    """Installs a package with these files, by their paths in it; whoever imports it fails."""
    place = folder / "site" / name
    for file, text in {"__init__.py": "raise AssertionError('it is read, not imported')", **files}.items():
        (place / file).parent.mkdir(parents=True, exist_ok=True)
        (place / file).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder / "site"))
    importlib.invalidate_caches()
    return place
