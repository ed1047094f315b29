"""Wordings: which prompts, how many examples, and in which form; and what ids call them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from itemwise.cases.benchmark import Benchmark
from itemwise.cases.case import Case
from itemwise.cases.examples import Examples
from itemwise.models import ModelEntry
from itemwise.session.settings import Settings, SettingsError, read_settings
from itemwise.session.wording import Wording, wordings_of

PROMPTS = {"cot": "{question} Think.", "json": "{question} JSON."}


def settings(**given: Any) -> Settings:
    return read_settings({name.replace("_", "-"): value for name, value in given.items()}, root=Path("/nowhere"), here=Path("/nowhere"))


def wordings(shots_of_its_own: int = 0, model: ModelEntry | None = None, **given: Any) -> dict[str, Wording]:
    benchmark = Benchmark(list[Case], str.strip, PROMPTS, examples=Examples("train", shots=shots_of_its_own))
    return dict(wordings_of(benchmark, settings(**given), model))


def test_one_prompt_without_examples_has_no_name() -> None:
    assert wordings() == {"": Wording("cot", 0, "turns")}


def test_a_single_number_of_examples_has_no_name_either() -> None:
    assert wordings(shots=["5"]) == {"": Wording("cot", 5, "turns")}


def test_several_numbers_are_named_each() -> None:
    assert wordings(shots=["0", "4"]) == {"0-shot": Wording("cot", 0, "turns"), "4-shot": Wording("cot", 4, "turns")}


def test_several_prompts_are_asked_with_each_number() -> None:
    assert list(wordings(prompt=["json", "cot"], shots=["0", "4"])) == ["json-0-shot", "json-4-shot", "cot-0-shot", "cot-4-shot"]
    assert list(wordings(prompt=["json", "cot"], shots=["4"])) == ["json", "cot"]


def test_a_benchmark_s_own_number_holds_where_no_option_says_another() -> None:
    assert wordings(shots_of_its_own=3) == {"": Wording("cot", 3, "turns")}
    assert wordings(shots_of_its_own=3, shots=["0"]) == {"": Wording("cot", 0, "turns")}


def test_a_folder_without_a_chat_template_completes_texts_behind_examples(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"eos_token": "</s>"}))
    base = ModelEntry("base", str(tmp_path), local=True)
    assert wordings(model=base, shots=["0", "4"]) == {"0-shot": Wording("cot", 0, "turns"), "4-shot": Wording("cot", 4, "completion")}
    assert wordings(model=base, shots=["4"], prompt_form="text") == {"": Wording("cot", 4, "text")}
    assert wordings(model=replace(base, local=False), shots=["4"])[""].form == "turns"
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"chat_template": "{{ messages }}"}))
    assert wordings(model=base, shots=["4"])[""].form == "turns"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"shots": ["-1"]}, r"--shots must be a whole number of at least 0, got -1"),
        ({"shots": ["four"]}, r"--shots must be a whole number of at least 0, got four"),
        ({"shots": ["4", "4"]}, r"--shots 4 is given twice"),
        ({"prompt_form": "chat"}, r"--prompt-form must be one of turns, text, system, completion, got chat"),
        ({"examples": "nowhere.jsonl"}, r"--examples 'nowhere.jsonl': no such file or folder"),
    ],
)
def test_what_cannot_be_shown_is_refused_by_its_option(given: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        settings(**given)
