"""A run's protocol: what it sets at once, and when it is no longer called by its name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from itemwise.cases.benchmark import Benchmark, BenchmarkError
from itemwise.cases.case import Case
from itemwise.cases.chat import Turn
from itemwise.extractors import last_number
from itemwise.protocols import protocol_names
from itemwise.session.asked_protocol import of_one, protocol_words, under_protocol
from itemwise.session.settings import Settings, SettingsError, read_settings
from itemwise.session.wording import wordings_of

BENCHMARK = Benchmark(list, last_number, {"cot": "{question}"})


def settings(**given: Any) -> Settings:
    chosen = {name.replace("_", "-"): value for name, value in {"protocol": "lm-eval/gsm8k", **given}.items()}
    return read_settings(chosen, root=Path("/nowhere"), here=Path("/nowhere"))


CASES = [Case("gsm8k-0", "1 + 1?", "2")]


def called(*, cases: Sequence[Case] = CASES, **given: Any) -> str:
    asked = settings(**given)
    (wording,) = wordings_of(under_protocol(BENCHMARK, "gsm8k", asked), asked, None).values()
    return protocol_words(asked, wording, cases)["protocol"]


def test_it_sets_prompt_examples_form_limit_and_reader_at_once() -> None:
    asked = settings()
    benchmark = under_protocol(BENCHMARK, "gsm8k", asked)
    assert dict(benchmark.prompts) == {"lm-eval/gsm8k": "Question: {question}\nAnswer:"}
    assert benchmark.examples is not None
    assert (benchmark.examples.shots, benchmark.prompt_form) == (5, "completion")
    assert {(entry.max_new_tokens, entry.decoding) for entry in asked.all_models} == {(256, "greedy-penalised")}
    assert asked.extractor is not None
    assert asked.extractor.name == "strict-hashes"
    assert asked.record()["protocol"] == "lm-eval/gsm8k"


def test_unchanged_it_is_called_by_its_name_also_where_options_say_the_same() -> None:
    assert called() == "lm-eval/gsm8k"
    assert called(shots=["5"], prompt_form="completion", max_new_tokens=["256"], extractor="strict-hashes") == "lm-eval/gsm8k"


def test_replies_that_were_made_elsewhere_are_only_read_by_it(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_text('{"id": "a", "text": "#### 1"}\n')
    assert called(replies=[str(file)], shots=["0"]) == "lm-eval/gsm8k (read by it; made elsewhere)"
    other = called(replies=[str(file)], extractor="last-number")
    assert other == "changed from lm-eval/gsm8k (read by it; made elsewhere): extractor last-number"


@pytest.mark.parametrize(
    ("given", "changed"),
    [
        ({"shots": ["0"]}, "shots 0"),
        ({"prompt_form": "turns"}, "prompt form turns"),
        ({"examples": "synthetic"}, "examples from synthetic"),
        ({"max_new_tokens": ["1024"]}, "max new tokens 1024"),
        ({"decoding": ["greedy"]}, "decoding greedy"),
        ({"extractor": "last-number"}, "extractor last-number"),
        ({"strategy": ["vote"]}, "strategy vote"),
        ({"thinking": ["off"]}, "thinking off"),
        ({"max_thinking_tokens": ["512"]}, "max thinking tokens 512"),
        ({"shots": ["8"], "max_new_tokens": ["512"]}, "shots 8, max new tokens 512"),
    ],
)
def test_changed_it_says_by_what(given: dict[str, Any], changed: str) -> None:
    assert called(**given) == f"changed from lm-eval/gsm8k: {changed}"


def test_of_several_limits_and_strategies_those_that_are_the_protocols_keep_its_name() -> None:
    asked = settings(max_new_tokens=["256", "512"], strategy=["direct", "vote"])
    (wording,) = wordings_of(under_protocol(BENCHMARK, "gsm8k", asked), asked, None).values()
    told = [
        protocol_words(of_one(asked, model, strategy), wording, CASES)["protocol"].removeprefix("changed from lm-eval/gsm8k")
        for model in asked.models
        for strategy in asked.strategies
    ]
    assert told == ["lm-eval/gsm8k", ": strategy vote", ": max new tokens 512", ": max new tokens 512, strategy vote"]
    assert of_one(asked, None, None) == asked


def test_a_system_prompt_of_the_models_own_changes_it_where_it_is_sent() -> None:
    boxed = {"model": ["qwen2.5-math-7b-instruct"]}
    assert called(**boxed) == "lm-eval/gsm8k"  # a plain text has none
    chats: dict[str, Any] = {"protocol": "opencompass/gsm8k_gen", **boxed}
    assert called(**chats) == "changed from opencompass/gsm8k_gen: system prompt of qwen2.5-math-7b-instruct"
    told = Case("gsm8k-0", [Turn("system", "Be brief."), Turn("user", "1 + 1?")], "2")
    assert called(cases=[told], **chats) == "opencompass/gsm8k_gen"


def test_its_prompt_is_its_own() -> None:
    with pytest.raises(SettingsError, match=r"--protocol lm-eval/gsm8k has a prompt of its own, .* leave it or --prompt out"):
        settings(prompt=["cot"])


def test_another_benchmark_is_refused_and_no_protocol_changes_nothing() -> None:
    with pytest.raises(BenchmarkError, match=r"--protocol lm-eval/gsm8k is of gsm8k, not of scienceqa; run with -k gsm8k"):
        under_protocol(BENCHMARK, "scienceqa", settings())
    plain = settings(protocol=None)
    assert under_protocol(BENCHMARK, "scienceqa", plain) is BENCHMARK
    assert protocol_words(plain, wordings_of(BENCHMARK, plain, None)[""], CASES) == {}


def test_one_that_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(SettingsError, match=r"--protocol must be one of .*lm-eval/gsm8k, lm-eval/gsm8k_cot, .*, got helm"):
        settings(protocol="helm")
    with pytest.raises(SettingsError, match=r"got lm-eval/gsm8kcot; did you mean lm-eval/gsm8k_cot\?"):
        settings(protocol="lm-eval/gsm8kcot")
    assert {"lm-eval/gsm8k", "lm-eval/gsm8k_platinum", "lm-eval/mmlu"} < set(protocol_names())
