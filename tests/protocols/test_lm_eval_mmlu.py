"""The prompts of lm-evaluation-harness' mmlu tasks, spelt out on rows of our own, and the way they are scored."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest

from itemwise.cases.benchmark import Benchmark
from itemwise.extractors import stated_choice
from itemwise.protocols import lm_eval_mmlu
from itemwise.session.asked_protocol import under_protocol
from itemwise.session.sample import Sample, sampled
from itemwise.session.settings import read_settings
from itemwise.session.wording import wordings_of


def row(subject: str, number: int) -> dict[str, object]:
    return {"question": f" Which is {number}?", "choices": [f"{number + each}" for each in range(4)], "answer": 0, "subject": subject}


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for split, count in (("test", 2), ("dev", 6)):
        lines = [row(subject, 10 * count + number) for subject in ("world_history", "anatomy") for number in range(count)]
        (tmp_path / f"{split}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    tasks = tmp_path / "site" / "lm_eval" / "tasks" / "mmlu" / "default"
    tasks.mkdir(parents=True)
    (tmp_path / "site" / "lm_eval" / "__init__.py").write_text("raise AssertionError('it is read, not imported')")
    for subject in ("world_history", "anatomy"):
        (tasks / f"mmlu_{subject}.yaml").write_text(f'"description": "All of {subject}.\\n\\\n  \\n"\n')
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    importlib.invalidate_caches()
    lm_eval_mmlu._line_of.cache_clear()
    return tmp_path


def asked(rows: Path, **given: object) -> Sample:
    settings = read_settings({"protocol": "lm-eval/mmlu", "source": str(rows), "sample": "all"} | given, root=rows, here=rows)
    benchmark = under_protocol(Benchmark(list, stated_choice), "mmlu", settings)
    (wording,) = wordings_of(benchmark, settings, None).values()
    return sampled("mmlu", benchmark, settings, wording)


def test_a_row_stands_behind_a_line_on_its_subject_and_five_rows_of_dev(rows: Path) -> None:
    def question(number: int) -> str:
        return f"Which is {number}?\n" + "".join(f"{letter}. {number + each}\n" for each, letter in enumerate("ABCD")) + "Answer:"

    first = asked(rows).cases[0]
    assert first.text == "All of world_history.\n\n" + "".join(f"{question(60 + each)} A\n\n" for each in range(5)) + question(20)
    assert (first.chat[0].role, first.answer) == ("text", "A")
    assert asked(rows, shots=["0"]).cases[-1].text == f"All of anatomy.\n\n{question(21)}"


def test_files_of_a_subject_each_have_it_in_their_names(rows: Path, tmp_path: Path) -> None:
    for split, count in (("test", 2), ("dev", 6)):
        for subject in ("world_history", "anatomy"):
            (file := tmp_path / "files" / split / f"{subject}_{split}.csv").parent.mkdir(parents=True, exist_ok=True)
            lines = (f"Which {split} of {subject} is {number}?,{number},a,b,c,0\n" for number in range(count))
            file.write_text("question,choice0,choice1,choice2,choice3,answer\n" + "".join(lines))
    texts = [case.text for case in asked(rows, source=str(tmp_path / "files")).cases]
    assert [text.partition("\n")[0] for text in texts] == ["All of anatomy."] * 2 + ["All of world_history."] * 2
    assert [text.count("of anatomy is") for text in texts] == [6, 6, 0, 0]


def test_it_is_asked_by_likelihood_and_another_way_is_a_change(rows: Path) -> None:
    settings = read_settings({"protocol": "lm-eval/mmlu"}, root=rows, here=rows)
    assert [strategy.name for strategy in settings.strategies] == ["likelihood"]
    assert asked(rows).rows["protocol"] == "lm-eval/mmlu"
    assert asked(rows, strategy=["direct"]).rows["protocol"] == "changed from lm-eval/mmlu: strategy direct"
