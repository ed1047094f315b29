"""The lines that head a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from itemwise.cases.benchmark import Benchmark
from itemwise.cases.source import Source
from itemwise.models import REGISTRY, ModelEntry
from itemwise.session.header import default_prompt_line, header_lines
from itemwise.session.settings import Settings, read_settings
from itemwise.strategies import configured_strategy


def settings_of(**changes: Any) -> Settings:
    entry = ModelEntry("embedded-text", "embedded/text", max_new_tokens=512, local=True)
    return replace(read_settings({}, root=Path("/nowhere"), here=Path("/nowhere")), models=(entry,), **changes)


def test_the_header_of_a_made_run_says_that_it_is_made(snapshot: SnapshotAssertion) -> None:
    assert "\n".join(header_lines(settings_of())) == snapshot


def test_the_header_of_a_run_of_everything_reads_well(snapshot: SnapshotAssertion) -> None:
    hub = ModelEntry("qwen2.5-7b-instruct", "Qwen/Qwen2.5-7B-Instruct", revision="a09a354")
    asked = read_settings({"model": ["owner/name"], "source": "hub", "sample": "all"}, root=Path("/nowhere"), here=Path("/nowhere"))
    strategies = (configured_strategy("direct"), configured_strategy("vote:samples=9"))
    models = tuple(replace(entry, max_new_tokens=64) for entry in (hub, *asked.models))
    everything = replace(asked, models=models, strategies=strategies, prompts=("cot",))
    assert "\n".join(header_lines(everything)) == snapshot


@pytest.mark.parametrize(("name", "is_unconfirmed"), [("qwen3.5-4b", True), ("qwen3-8b", False), ("qwen2.5-7b-instruct", False)])
def test_an_id_that_is_unconfirmed_is_said_to_be(name: str, is_unconfirmed: bool) -> None:
    header = header_lines(replace(settings_of(), models=(REGISTRY[name],)))[0]
    assert (f"({REGISTRY[name].location}, an unconfirmed id" in header) is is_unconfirmed


def test_the_header_says_that_a_gguf_is_dequantised() -> None:
    entry = ModelEntry("tiny-Q4_0", "/models/tiny-Q4_0.gguf", local=True, gguf=True, quantisation="none")
    asked = header_lines(replace(settings_of(), models=(entry,), seeing=()))[0]
    assert asked == "itemwise: tiny-Q4_0 (GGUF file /models/tiny-Q4_0.gguf, dequantised, max 1024 new tokens)"


def test_the_header_names_every_prompt() -> None:
    assert "strategy direct, prompt json, cot, extractor default" in header_lines(replace(settings_of(), prompts=("json", "cot")))[1]


def test_the_header_says_what_options_say_of_examples() -> None:
    told = replace(settings_of(), shots=(0, 4), examples=Source("hub"), prompt_form="text")
    assert "prompt default, shots 0, 4, examples from hub, prompt form text, extractor default" in header_lines(told)[1]


@pytest.mark.parametrize(
    ("preferred", "line"),
    [
        (None, "itemwise: test_sums asks in the prompt cot, the first of its 2"),
        ("json", "itemwise: test_sums asks in the prompt json, which a-model prefers"),
        ("of-another-benchmark", "itemwise: test_sums asks in the prompt cot, the first of its 2"),
    ],
)
def test_a_prompt_that_no_option_names_is_told_with_its_reason(preferred: str | None, line: str) -> None:
    benchmark = Benchmark(list, str.strip, {"cot": "", "json": ""})
    model = ModelEntry("a-model", "./a-model", prompt=preferred)
    assert default_prompt_line("test_sums", benchmark, settings_of(), model) == line
    assert default_prompt_line("test_sums", benchmark, replace(settings_of(), prompts=("cot",)), model) == ""


def test_a_benchmark_of_one_prompt_says_nothing_of_it() -> None:
    assert default_prompt_line("test_sums", Benchmark(list, str.strip, {"cot": ""}), settings_of(), None) == ""
