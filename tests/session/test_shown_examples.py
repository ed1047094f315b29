"""What a sample is shown: read from another split, from a file of examples or the benchmark's own, and recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from itemwise.cases.benchmark import Benchmark, BenchmarkError
from itemwise.cases.case import Case
from itemwise.cases.chat import Turn
from itemwise.cases.examples import Examples
from itemwise.cases.row import Hub
from itemwise.cases.source import Source
from itemwise.extractors import last_number
from itemwise.session.measurement_hash import cases_hash
from itemwise.session.sample import Sample, sampled
from itemwise.session.settings import read_settings
from itemwise.session.wording import Wording
from itemwise.synthetic import word_problems

HUB = Hub("owner/data")
PROMPTS = {"plain": "Q: {question}\nA:"}
OF_TRAIN = Examples("train")


def sums(source: Source, prompt: str) -> Iterator[Case]:
    for row in source.rows(HUB, synthetic=word_problems):
        yield Case(f"sum-{row.id}", row.prompt(prompt), row.number("answer"), solution=f"So {row.number('answer')}.")


def write(file: Path, questions: Sequence[str]) -> Path:
    file.write_text("".join(json.dumps({"question": text, "answer": index}) + "\n" for index, text in enumerate(questions)))
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "test.jsonl", ["test 0?", "test 1?", "test 2?"])
    write(tmp_path / "train.jsonl", ["train 0?", "train 1?", "train 2?"])
    return tmp_path


def sample(source: Path | str, shots: int = 2, form: str = "turns", own: Examples | None = OF_TRAIN, **given: Any) -> Sample:
    settings = read_settings({"source": str(source), "sample": "3", **given}, root=Path("/nowhere"), here=Path("/nowhere"))
    return sampled("sums", Benchmark(sums, last_number, PROMPTS, examples=own), settings, Wording("plain", shots, form))


def contents(case: Case) -> list[str]:
    return [turn.content for turn in case.chat]


def test_they_are_of_the_other_split_in_the_same_words(folder: Path) -> None:
    asked = sample(folder)
    expected = ["Q: train 0?\nA:", "So 0.", "Q: train 1?\nA:", "So 1."]
    assert [contents(case)[:-1] for case in asked.cases] == [expected] * 3
    assert {contents(case)[-1] for case in asked.cases} == {"Q: test 0?\nA:", "Q: test 1?\nA:", "Q: test 2?\nA:"}


def test_the_record_says_how_many_which_and_in_what_form_and_the_rows_stay_the_same_rows(folder: Path) -> None:
    plain, shown = sample(folder, 0), sample(folder)
    told = {name: text for name, text in shown.rows.items() if name not in plain.rows}
    assert set(told) == {"shots", "examples", "examples sha256", "prompt form"}
    assert (told["shots"], told["examples"], told["prompt form"]) == ("2", "first of train.jsonl (train): sum-0, sum-1", "turns")
    assert {name: shown.rows[name] for name in plain.rows} == dict(plain.rows)
    write(folder / "train.jsonl", ["train 0?", "another?", "train 2?"])
    assert sample(folder).rows["examples sha256"] != told["examples sha256"]


def test_without_examples_nothing_of_the_other_split_is_read(folder: Path) -> None:
    (folder / "train.jsonl").write_text("no row\n")
    asked = sample(folder, 0)
    assert [case.prompt for case in asked.cases if not isinstance(case.prompt, str)] == []
    assert "shots" not in asked.rows


def test_they_are_part_of_what_is_measured(folder: Path) -> None:
    hashes = {cases_hash(sample(folder, shots, form).cases) for shots, form in ((0, "turns"), (1, "turns"), (2, "turns"), (2, "text"))}
    assert len(hashes) == 4


def test_stop_texts_are_part_of_what_is_measured() -> None:
    assert cases_hash([Case("a", "?", "1")]) != cases_hash([Case("a", "?", "1", stop=["Q:"])])


def test_a_row_that_is_asked_is_no_example(folder: Path) -> None:
    write(folder / "train.jsonl", ["train 0?", "TEST  1?", "train 2?"])
    with pytest.raises(
        BenchmarkError, match=r"sums: the example sum-1 asks the same as the row sum-1, which is to be asked: 'Q: TEST  1\?"
    ):
        sample(folder)
    assert len(sample(folder, 1).cases) == 3  # where it is not shown it tells nothing


def test_one_file_of_rows_holds_no_examples_and_says_where_to_give_some(folder: Path) -> None:
    with pytest.raises(
        BenchmarkError, match=r"sums: --shots 2: its examples cannot be had\. .*test.jsonl is the split test by its name.*--examples FILE"
    ):
        sample(folder / "test.jsonl")


def test_a_file_of_examples_goes_with_any_rows(folder: Path) -> None:
    mine = write(folder / "mine.jsonl", ["mine 0?", "mine 1?"])
    asked = sample(folder / "test.jsonl", examples=str(mine))
    assert contents(asked.cases[0])[:4] == ["Q: mine 0?\nA:", "So 0.", "Q: mine 1?\nA:", "So 1."]
    assert asked.rows["examples"] == "first of mine.jsonl (examples): sum-0, sum-1"


def test_a_file_of_examples_does_for_a_benchmark_that_names_none(folder: Path) -> None:
    asked = sample(folder / "test.jsonl", own=None, examples=str(write(folder / "mine.jsonl", ["mine 0?", "mine 1?"])))
    assert contents(asked.cases[0])[0] == "Q: mine 0?\nA:"


def test_the_rows_file_itself_is_no_file_of_examples(folder: Path) -> None:
    with pytest.raises(BenchmarkError, match=r"test.jsonl is one split, already read as test"):
        sample(folder / "test.jsonl", examples=str(folder / "test.jsonl"))


def test_made_rows_have_made_examples_that_are_others() -> None:
    asked = sample("synthetic")
    assert asked.rows["examples"] == "first of synthetic (train): sum-synthetic-train-42-0, sum-synthetic-train-42-1"
    assert not {contents(case)[0] for case in asked.cases} & {contents(case)[-1] for case in asked.cases}


def test_a_benchmark_s_own_are_shown_whatever_the_rows(folder: Path) -> None:
    asked = sample(folder, 1, own=Examples([Case("one", "1+1?", "2")]))
    assert contents(asked.cases[0])[:2] == ["1+1?", "2"]
    assert asked.rows["examples"] == "first of the benchmark's own: one"


def test_a_benchmark_s_own_that_is_asked_is_refused_in_whatever_words(folder: Path) -> None:
    with pytest.raises(BenchmarkError, match=r"the example one asks the same as the row sum-1"):
        sample(folder, 1, own=Examples([Case("one", "Test 1?", "1")]))


def test_a_loader_of_examples_is_told_of_the_prompt(folder: Path) -> None:
    def own(prompt: str, prompt_name: str) -> Iterator[Case]:
        yield Case("one", prompt.format(question="1+1?"), "2", solution=f"2, in {prompt_name}")

    assert contents(sample(folder, 1, own=Examples(own)).cases[0])[:2] == ["Q: 1+1?\nA:", "2, in plain"]


def test_a_benchmark_without_examples_says_what_to_do(folder: Path) -> None:
    with pytest.raises(BenchmarkError, match=r"sums: --shots 2: this benchmark has no examples to show; give it some"):
        sample(folder, own=None)


def test_a_completion_is_a_plain_text_and_ends_at_the_next_question(folder: Path) -> None:
    asked = sample(folder, 1, "completion")
    (turn,) = asked.cases[0].chat
    assert turn == Turn("text", f"Q: train 0?\nA:\nSo 0.\n\nQ: {turn.content.rpartition('Q: ')[2]}")
    assert asked.cases[0].stop == ("\n\n",)
    assert asked.rows["prompt form"] == "completion"


def test_controls_change_the_question_and_no_example(tmp_path: Path) -> None:
    def choices(source: Source) -> Iterator[Case]:
        for row in source.rows(HUB):
            options = ("ox", "hen", "bee")
            yield Case.choice(f"c-{row.id}", lambda order, row=row: f"{row.text('question')} {'/'.join(order)}", options, 0)  # type: ignore[misc]

    for split in ("train", "test"):
        write(tmp_path / f"{split}.jsonl", [f"{split} 0?"])
    given = {"source": str(tmp_path), "control": ["shuffle-options"]}
    settings = read_settings(given, root=Path("/nowhere"), here=Path("/nowhere"))
    plain, shuffled = sampled("c", Benchmark(choices, str.strip, examples=Examples("train")), settings, Wording(None, 1)).cases
    assert contents(plain) == ["train 0? ox/hen/bee", "A", "test 0? ox/hen/bee"]
    assert contents(shuffled)[:2] == ["train 0? ox/hen/bee", "A"]
    assert contents(shuffled)[2] != contents(plain)[2]
    assert shuffled.answer != "A"


def test_rows_that_are_asked_may_be_examples_of_the_others_where_a_benchmark_says_so_and_never_of_themselves(folder: Path) -> None:
    def the_others(pool: Sequence[Case], shots: int, seed: int) -> Iterator[Sequence[Case]]:
        yield from ([example for example in pool if example is not row][:shots] for row in pool)

    with pytest.raises(BenchmarkError, match=r"the example sum-(\d) asks the same as the row sum-\1, which is to be asked"):
        sample(folder, own=Examples("test", rule=the_others))
    asked = sample(folder, own=Examples("test", rule=the_others, leave_one_out=True), sample="all")
    assert [contents(case)[0] for case in asked.cases] == ["Q: test 1?\nA:", "Q: test 0?\nA:", "Q: test 0?\nA:"]
    with pytest.raises(BenchmarkError, match=r"the example sum-(\d) asks the same as the row sum-\1, which is to be asked"):
        sample(folder, own=Examples("test", leave_one_out=True))
