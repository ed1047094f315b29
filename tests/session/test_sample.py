"""From a benchmark and a run's settings to the cases that are asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from itemwise.cases.benchmark import Benchmark, BenchmarkError
from itemwise.cases.case import Case
from itemwise.cases.chat import Turn
from itemwise.cases.draw import draw
from itemwise.cases.row import Hub
from itemwise.cases.source import Source, rows
from itemwise.extractors import last_number
from itemwise.models import ModelEntry
from itemwise.session.sample import sampled
from itemwise.session.settings import Settings, read_settings
from itemwise.session.wording import Wording, prompts_of
from itemwise.synthetic import word_problems

HUB = Hub("owner/data")
PROMPTS = {"plain": "{question}", "polite": "Please: {question}"}


def settings_for(source: Source, *, sample: int | None = 5, seed: int = 42, prompts: tuple[str, ...] = ()) -> Settings:
    read = read_settings({}, root=Path("/nowhere"), here=Path("/nowhere"))
    return replace(read, source=source, sample=sample, seed=seed, prompts=prompts)


def benchmark_of(loader: Callable[..., Iterable[Case]]) -> Benchmark:
    return Benchmark(loader, str.strip, PROMPTS)


def problems(source: Source, prompt: str) -> Iterator[Case]:
    for row in source.rows(HUB, synthetic=word_problems):
        yield Case(f"sum-{row.id}", prompt.format_map(row), row["answer"])


def hundred() -> Iterator[Case]:
    return (Case(f"own-{number}", f"{number}?", str(number)) for number in range(100))


@pytest.fixture
def file(tmp_path: Path) -> Source:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps({"question": f"{number}?", "answer": str(number)}) + "\n" for number in range(100)))
    return Source("file", path=path)


class TestLabel:
    @pytest.mark.parametrize(
        ("pool", "label"), [("seen", "gsm8k-synthetic"), ("held-out", "gsm8k-synthetic-held-out"), ("all", "gsm8k-synthetic-all")]
    )
    def test_of_made_problems_is_never_the_name_of_the_dataset(self, pool: str, label: str) -> None:
        assert sampled("gsm8k", benchmark_of(problems), settings_for(Source("synthetic", pool=pool))).label == label

    def test_of_a_file_is_the_plain_name_and_the_rows_say_which_file(self, file: Source) -> None:
        sample = sampled("gsm8k", benchmark_of(problems), settings_for(file))
        assert sample.label == "gsm8k"
        assert sample.rows["source"] == str(file.path)
        assert len(sample.rows["sha256"]) == 64
        assert sample.rows["rows"] == "100"

    def test_of_a_loader_with_rows_of_its_own_is_the_plain_name_whatever_the_source(self) -> None:
        sample = sampled("own", benchmark_of(hundred), settings_for(Source("synthetic")))
        assert (sample.label, sample.rows["source"]) == ("own", "the benchmark's own")

    def test_of_made_problems_is_also_in_every_case(self) -> None:
        sample = sampled("gsm8k", benchmark_of(problems), settings_for(Source("synthetic", 7)))
        assert [case.name for case in sample.cases] == [f"sum-synthetic-7-{number}" for number in range(5)]


class TestRowsThatWereRead:
    def test_are_named_by_split_and_files(self, tmp_path: Path) -> None:
        for split in ("train", "test"):
            (tmp_path / f"{split}.jsonl").write_text(json.dumps({"question": split, "answer": "1"}) + "\n")
        sample = sampled("own", benchmark_of(problems), settings_for(Source("file", path=tmp_path)))
        assert [case.prompt for case in sample.cases] == ["test"]
        assert (sample.rows["split"], sample.rows["files"], len(sample.rows["sha256"])) == ("test", "test.jsonl", 64)

    def test_twice_are_said_to_be(self, tmp_path: Path) -> None:
        for name, questions in (("a", "12"), ("b", "234")):
            lines = (json.dumps({"question": question, "answer": "1"}) + "\n" for question in questions)
            (tmp_path / f"{name}.jsonl").write_text("".join(lines))
        sample = sampled("own", benchmark_of(problems), settings_for(Source("file", path=tmp_path)))
        assert (sample.rows["rows"], sample.rows["repeated"]) == ("5", "1 of them ask the same as another")
        assert (sample.rows["split"], sample.rows["files"]) == ("test", "a.jsonl, b.jsonl")


class TestLoader:
    def test_may_take_nothing(self) -> None:
        sample = sampled("own", benchmark_of(hundred), settings_for(Source("hub")))
        assert [case.name for case in sample.cases] == [f"own-{number}" for number in draw(range(100), 5, 42)]

    def test_may_take_the_source(self, file: Source) -> None:
        def load(source: Source) -> Iterator[Case]:
            return (Case(row.id, row["question"], row["answer"]) for row in source.rows(HUB))

        assert len(sampled("own", benchmark_of(load), settings_for(file)).cases) == 5

    def test_may_take_the_prompt(self) -> None:
        def load(prompt: str) -> Iterator[Case]:
            yield Case("one", prompt.format(question="6*7?"), "42")

        assert sampled("own", benchmark_of(load), settings_for(Source("hub"))).cases[0].prompt == "6*7?"

    def test_may_take_both_and_gets_the_prompt_that_was_asked_for(self, file: Source) -> None:
        sample = sampled("own", benchmark_of(problems), settings_for(file, sample=None), Wording("polite"))
        assert sample.cases[3].prompt == "Please: 3?"
        assert sample.rows["prompt"] == "polite"

    def test_gets_its_first_prompt_by_default(self, file: Source) -> None:
        assert sampled("own", benchmark_of(problems), settings_for(file)).rows["prompt"] == "plain"

    def test_without_named_prompts_has_its_own(self) -> None:
        assert sampled("own", Benchmark(hundred, str.strip), settings_for(Source("hub")), Wording("polite")).rows["prompt"] == "own"

    def test_with_prompts_refuses_another(self, file: Source) -> None:
        with pytest.raises(BenchmarkError, match=r"--prompt 'rude' is not one of this benchmark's: plain, polite\."):
            sampled("own", benchmark_of(problems), settings_for(file), Wording("rude"))


class TestSize:
    def test_beyond_the_population_gives_all_of_it(self) -> None:
        assert len(sampled("own", benchmark_of(hundred), settings_for(Source("hub"), sample=1000)).cases) == 100

    def test_all_gives_every_case_in_its_own_order(self) -> None:
        sample = sampled("own", benchmark_of(hundred), settings_for(Source("hub"), sample=None))
        assert [case.answer for case in sample.cases] == [str(number) for number in range(100)]

    def test_all_of_a_loader_with_rows_of_its_own_ends_whatever_the_source(self) -> None:
        assert len(sampled("own", benchmark_of(hundred), settings_for(Source("synthetic"), sample=None)).cases) == 100

    def test_all_of_problems_that_never_end_is_refused_with_a_number(self) -> None:
        def load(source: Source) -> Iterator[Case]:
            pytest.fail("a case was made although there is no end to them")
            yield

        with pytest.raises(BenchmarkError) as raised:
            sampled("gsm8k", benchmark_of(load), settings_for(Source("synthetic"), sample=None))
        assert str(raised.value) == "gsm8k: --sample all has no end with --source synthetic; give a number such as --sample 1319."

    def test_of_made_problems_makes_no_more_than_are_asked(self) -> None:
        def load(source: Source) -> Iterator[Case]:
            yield from (Case(str(number), "?", "0") for number in range(3))
            pytest.fail("a fourth case was made although three were wanted")

        assert len(sampled("own", benchmark_of(load), settings_for(Source("synthetic"), sample=3)).cases) == 3

    def test_larger_holds_the_smaller_sample(self, file: Source) -> None:
        few, many = (sampled("own", benchmark_of(problems), settings_for(file, sample=size)).cases for size in (5, 50))
        assert few == many[:5]

    def test_with_another_seed_draws_others(self, file: Source) -> None:
        one, two = (sampled("own", benchmark_of(problems), settings_for(file, seed=seed)).cases for seed in (1, 2))
        assert one != two


class TestFault:
    def test_of_two_cases_with_one_name_is_refused(self) -> None:
        def load() -> Iterator[Case]:
            yield from (Case(name, "?", "0") for name in ("a", "b", "a"))

        with pytest.raises(BenchmarkError, match="own: two cases are called 'a'; a case's name must be its own"):
            sampled("own", benchmark_of(load), settings_for(Source("hub")))

    @pytest.mark.parametrize(
        ("loaded", "said"),
        [
            (None, r"own: the loader must yield cases, got None; does it lack a yield\?"),
            ([{"name": "a"}], r"own: the loader must yield Case\(name, prompt, answer\), got {'name': 'a'} as number 0"),
        ],
    )
    def test_of_a_loader_that_gives_no_cases_is_said(self, loaded: Any, said: str) -> None:
        with pytest.raises(BenchmarkError, match=said):
            sampled("own", benchmark_of(lambda: loaded), settings_for(Source("hub")))

    def test_of_two_rows_with_one_id_is_refused_though_only_one_is_drawn(self) -> None:
        def load() -> Iterator[Case]:
            yield from (Case(str(number % 99), f"{number}?", "0") for number in range(100))

        with pytest.raises(BenchmarkError, match="own: two cases are called '0'; a case's name must be its own"):
            sampled("own", benchmark_of(load), settings_for(Source("hub"), sample=1))

    def test_of_a_loader_without_cases_is_said(self) -> None:
        with pytest.raises(BenchmarkError, match="own: the source holds no case"):
            sampled("own", benchmark_of(list), settings_for(Source("hub")))

    def test_of_a_broken_line_names_the_benchmark_the_file_and_the_line(self, file: Source) -> None:
        file.path.write_text('{"question": "0?", "answer": "0"}\n{"quest')
        with pytest.raises(BenchmarkError) as raised:
            sampled("own", benchmark_of(problems), settings_for(file))
        assert str(raised.value).startswith(f"own: {file.path}, line 2: not JSON")

    def test_of_a_missing_column_is_said_without_quotes_around_it(self, file: Source) -> None:
        file.path.write_text('{"q": "0?", "a": "0"}\n')
        with pytest.raises(BenchmarkError) as raised:
            sampled("own", benchmark_of(problems), settings_for(file))
        assert str(raised.value) == f"own: {file.path}, line 1: row 0 has no column 'question'; it has q, a"

    def test_of_a_missing_file_names_it(self, tmp_path: Path) -> None:
        with pytest.raises(BenchmarkError) as raised:
            sampled("own", benchmark_of(lambda: rows(tmp_path / "mine.jsonl")), settings_for(Source("hub")))
        assert str(raised.value) == f"own: {tmp_path / 'mine.jsonl'}: no such file or folder."

    @pytest.mark.parametrize(
        ("fault", "error"),
        [
            (lambda: 1 + "1", TypeError),
            (lambda: {"A": 0}["B"], KeyError),
            (lambda: int("twelve"), ValueError),
            (lambda: "A".answer, AttributeError),
            (lambda: ()[0], IndexError),
        ],
        ids=lambda value: getattr(value, "__name__", None),
    )
    def test_of_the_loader_itself_stays_what_it_is(self, fault: Callable[[], object], error: type[Exception]) -> None:
        def load() -> Iterator[Case]:
            yield Case("one", "?", str(fault()))

        with pytest.raises(error):
            sampled("own", benchmark_of(load), settings_for(Source("hub")))


def test_an_extractor_is_told_of_the_case_where_it_has_a_place_for_it() -> None:
    case = Case("one", "?", "B", choices=("yes", "no"))

    def options(text: str, case: Case) -> str:
        return f"{text}: {len(case.choices)}"

    assert Benchmark(hundred, options).extractor(case)("B") == "B: 2"
    assert Benchmark(hundred, str).extractor(case)("B") == "B"
    assert Benchmark(hundred, str.upper).extractor(case)("b") == "B"


@pytest.mark.parametrize(
    "reply",
    [
        "Sure.<|im_end|>\n<|im_start|>assistant\nThe answer is 7.",
        "I add them up.</s>\nThe answer is 7.",
        "<think>8?</think>The answer is 7.",
        "The answer is 7.",
    ],
)
def test_last_number_reads_in_a_run_what_it_reads_by_itself(reply: str) -> None:
    read = Benchmark(hundred, last_number).extractor(Case("one", "?", "7"))(reply)
    assert repr(read) == repr(last_number(reply))
    assert read == "7"


def test_an_extractor_is_given_what_the_reply_says_without_thoughts() -> None:
    assert Benchmark(hundred, str.upper).extractor(Case("one", "?", "B"))("<think>a?</think>b") == "B"


class TestSystemTurn:
    """A benchmark's own system turn takes the place of that of a model's entry, and the rows say so."""

    def rows(self, *models: ModelEntry, cases: int = 2) -> str | None:
        def loader() -> Iterator[Case]:
            for number in range(2):
                system = [Turn("system", "Be brief.")] if number < cases else []
                yield Case(f"own-{number}", [*system, Turn("user", f"{number}?")], str(number))

        settings = replace(settings_for(Source("synthetic"), sample=None), models=models)
        return sampled("own", benchmark_of(loader), settings).rows.get("system")

    def test_is_named_with_the_models_whose_own_it_replaces(self) -> None:
        brief, plain = ModelEntry("maths", "owner/maths", system="Reason."), ModelEntry("plain", "owner/plain")
        assert self.rows(plain) == "the benchmark's own"
        assert self.rows(brief, plain) == "the benchmark's own, in the place of that of maths"
        assert self.rows(brief, cases=1) == "the benchmark's own in 1 of 2 cases, in the place of that of maths"

    def test_of_cases_without_one_is_none(self) -> None:
        assert self.rows(ModelEntry("maths", "owner/maths", system="Reason."), cases=0) is None


class TestPromptsOf:
    @pytest.mark.parametrize(
        ("prompts", "wanted", "preferred", "asked"),
        [
            (PROMPTS, (), None, ("plain",)),
            (PROMPTS, (), "polite", ("polite",)),
            (PROMPTS, (), "unheard of", ("plain",)),
            (PROMPTS, ("plain",), "polite", ("plain",)),
            (PROMPTS, ("polite", "plain"), None, ("polite", "plain")),
            (PROMPTS, ("all",), "polite", ("plain", "polite")),
            (PROMPTS, ("polite", "all"), None, ("polite", "plain")),
            (PROMPTS, ("polite", "rude"), None, ("polite", "rude")),
            ({"all": "{question}", "plain": "{question}"}, ("all",), None, ("all",)),
            ({}, (), "polite", (None,)),
            ({}, ("all", "polite"), None, (None,)),
        ],
    )
    def test_are_those_asked_for_else_the_models_own_else_the_first(
        self, prompts: Mapping[str, str], wanted: tuple[str, ...], preferred: str | None, asked: tuple[str | None, ...]
    ) -> None:
        settings = settings_for(Source("hub"), prompts=wanted)
        model = replace(settings.models[0], prompt=preferred)
        assert prompts_of(Benchmark(problems, str.strip, prompts), settings, model) == asked


def test_golds_that_last_number_reads_are_put_into_its_form() -> None:
    def loader() -> Iterator[Case]:
        yield from (Case(f"case-{gold}", "?", gold) for gold in ("18", "7.0", "1,430", "$4", "2/4"))

    numbers, texts = (
        sampled("sums", Benchmark(loader, read), settings_for(Source("synthetic"), sample=None)) for read in (last_number, str.strip)
    )
    assert [case.answer for case in numbers.cases] == ["18", "7", "1430", "4", "0.5"]
    assert [case.answer for case in texts.cases] == ["18", "7.0", "1,430", "$4", "2/4"]


@pytest.mark.parametrize("gold", ["1+\\sqrt{2}", "(46,2004)", "12 or 13", "none"])
def test_a_gold_that_is_no_plain_number_is_refused_by_the_name_of_its_case(gold: str) -> None:
    def loader() -> Iterator[Case]:
        yield Case("good", "?", "18")
        yield Case("bad", "?", gold)

    with pytest.raises(BenchmarkError, match=r"sums: the answer of case 'bad': .* no single plain number.* Another extract"):
        sampled("sums", Benchmark(loader, last_number), settings_for(Source("synthetic"), sample=None))
    assert len(sampled("sums", Benchmark(loader, str.strip), settings_for(Source("synthetic"), sample=None)).cases) == 2
