"""The samples of a run, by the items that were collected of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from itemwise.plugin.items import Fault, is_case, parameters
from itemwise.plugin.run_samples import Samples
from tests.plugin.conftest import SUMS, Collect, worker_of

PROMPTED = SUMS.replace("def sums():", "def sums(prompt):").replace('f"How much is {n} + {n}?"', "prompt.format(n=n)")
PROMPTED = PROMPTED.replace("cases(sums,", 'cases(sums, prompts={"plain": "{n} and {n}?", "kind": "Please: {n} + {n}?"},')
BROKEN = SUMS.replace("yield Case", "1 / 0\n        yield Case")
STYLED = SUMS.replace("@cases(", '@pytest.mark.parametrize("style", ["short", "long"])\n@cases(').replace("(case,", "(style, case,")


def samples_of(item: pytest.Item) -> Samples:
    return worker_of(item).samples


def fault_of(item: pytest.Function) -> str:
    fault = parameters(item)["case"]
    assert isinstance(fault, Fault)
    return fault.message


def test_a_case_is_known_by_its_item_with_its_place_in_the_sample(collect: Collect) -> None:
    items = collect()[:-1]
    assert [(samples_of(item).case(item).name, samples_of(item).place(item)) for item in items] == [(f"sum-{n}", n) for n in range(4)]


def test_a_sample_is_drawn_once_for_all_its_cases(collect: Collect) -> None:
    first, second, *_ = collect()
    assert samples_of(first).of_case(first) is samples_of(second).of_case(second)


def test_a_case_is_in_the_words_of_the_prompt_that_was_asked_for(collect: Collect) -> None:
    plain, kind = collect(PROMPTED)[1], collect(PROMPTED, "--prompt", "kind")[1]
    assert [samples_of(item).case(item).text for item in (plain, kind)] == ["1 and 1?", "Please: 1 + 1?"]


def test_a_sample_is_drawn_once_also_in_the_prompt_that_the_model_prefers(collect: Collect) -> None:
    item = collect(PROMPTED.replace('"kind":', '"json":'))[1]
    assert parameters(item)["case"] is samples_of(item).case(item)
    assert samples_of(item).case(item).text == "Please: 1 + 1?"


def test_the_runs_extractor_goes_before_the_benchmarks(collect: Collect) -> None:
    own, named = collect()[0], collect(SUMS, "--extractor", "strict-json")[0]
    assert samples_of(own).extractor(own)("It is 5") == "5"
    read = samples_of(named).extractor(named)
    assert (read("It is 5"), read('{"answer": 5}')) == (None, "5")


def test_a_loaders_own_fault_is_shown_by_its_line(collect: Collect) -> None:
    message = fault_of(collect(BROKEN)[0])
    assert "1 / 0" in message
    assert message.rstrip().endswith("ZeroDivisionError: division by zero")
    assert "itemwise/session" not in message.replace("\\", "/")


def test_a_benchmark_that_cannot_be_asked_so_says_why_in_one_line(collect: Collect) -> None:
    assert fault_of(collect(PROMPTED, "--prompt", "fancy")[0]) == ("--prompt 'fancy' is not one of this benchmark's: plain, kind.")


def test_a_label_is_the_benchmarks_name_with_parameters_of_its_own_and_the_kind_of_case(collect: Collect) -> None:
    plain = collect()[0]
    assert samples_of(plain).label(plain) == "sums"
    items = collect(STYLED)[:-1]
    assert {samples_of(item).label(item) for item in items} == {"sums[short]", "sums[long]"}


def test_cases_of_one_measurement_have_the_same_hashes_and_another_strategy_another(collect: Collect) -> None:
    items = collect(SUMS, "--strategy", "direct", "--strategy", "vote:samples=3")[:-1]
    measured = {(parameters(item)["strategy"], *samples_of(item).measure(item).values()) for item in items}
    (direct, *rest), (vote, *others) = sorted(measured)
    assert (direct[:6], vote[:4], len(measured)) == ("direct", "vote", 2)
    assert rest[:2] == others[:2]
    assert rest[2] != others[2]


@pytest.mark.parametrize(
    ("source", "changed"),
    [(SUMS.replace("str(2 * n)", "str(2 * n + 1)"), "cases"), (SUMS.replace("answer == case", "answer >= case"), "judge")],
)
def test_another_gold_or_another_assertion_is_another_measurement(source: str, changed: str, collect: Collect) -> None:
    before, after = (samples_of(item := collect(text)[0]).measure(item) for text in (SUMS, source))
    assert changed in {name for name in before if before[name] != after[name]}
    assert before["strategy"] == after["strategy"]


def test_each_of_several_prompts_leads_the_ids_of_its_cases_and_words_them(collect: Collect) -> None:
    items = collect(PROMPTED, "--prompt", "kind", "--prompt", "plain")[:-1]
    ids = [item.name.removeprefix("test_sums[embedded-text-direct-").removesuffix("]") for item in items]
    assert ids == [f"{prompt}-sum-{n}" for prompt in ("kind", "plain") for n in range(4)]
    told = [
        (samples_of(item).prompt(item), samples_of(item).place(item), samples_of(item).case(item).text) for item in (items[1], items[5])
    ]
    assert told == [("kind", 1, "Please: 1 + 1?"), ("plain", 1, "1 and 1?")]


def test_a_prompt_alone_leaves_ids_as_they_are_and_several_share_its_measurement(collect: Collect) -> None:
    alone, among = collect(PROMPTED, "--prompt", "kind")[1], collect(PROMPTED, "--prompt", "all")[5]
    assert alone.name == "test_sums[embedded-text-direct-sum-1]"
    assert (samples_of(alone).prompt(alone), samples_of(among).prompt(among)) == ("", "kind")
    assert samples_of(alone).measure(alone) == samples_of(among).measure(among)


def test_each_prompt_is_a_measurement_of_its_own(collect: Collect) -> None:
    items = collect(PROMPTED, "--prompt", "all")[:-1]
    assert [samples_of(item).prompt_place(item) for item in items] == [0] * 4 + [1] * 4
    assert len({samples_of(item).measure(item)["cases"] for item in items}) == 2


def test_a_prompt_that_a_benchmark_lacks_is_one_fault_among_the_cases_of_the_others(collect: Collect) -> None:
    items = collect(PROMPTED, "--prompt", "fancy", "--prompt", "kind")[:-1]
    assert [item.name.removeprefix("test_sums[embedded-text-direct-") for item in items[:2]] == ["fancy-no-cases]", "kind-sum-0]"]
    assert fault_of(items[0]) == "--prompt 'fancy' is not one of this benchmark's: plain, kind."
    assert [is_case(item) for item in items] == [False, *([True] * 4)]
    assert [samples_of(item).case(item).text for item in items[1:2]] == ["Please: 0 + 0?"]


def test_where_none_of_several_prompts_is_there_the_benchmark_is_one_fault(collect: Collect) -> None:
    fault, plain = collect(PROMPTED, "--prompt", "fancy", "--prompt", "rude")
    assert (fault.name, plain.name) == ("test_sums[no-cases]", "test_plain")
    assert fault_of(fault).splitlines() == [
        "--prompt 'fancy' is not one of this benchmark's: plain, kind.", "--prompt 'rude' is not one of this benchmark's: plain, kind.",
    ]  # fmt: skip


def test_a_benchmark_without_named_prompts_is_asked_once_whatever_prompts_are_named(collect: Collect) -> None:
    items = collect(SUMS, "--prompt", "all", "--prompt", "kind")[:-1]
    assert [item.name for item in items] == [f"test_sums[embedded-text-direct-sum-{n}]" for n in range(4)]


def test_own_parameters_are_told_beside_several_prompts(collect: Collect) -> None:
    styled = PROMPTED.replace("@cases(", '@pytest.mark.parametrize("style", ["short", "long"])\n@cases(').replace("(case,", "(style, case,")
    items = collect(styled, "--prompt", "all")[:-1]
    told = {(samples_of(item).label(item), samples_of(item).prompt(item)) for item in items}
    assert told == {(f"sums[{style}]", prompt) for style in ("short", "long") for prompt in ("plain", "kind")}


LANGUAGES = """
from itemwise import Case, Hub, cases
from itemwise.extractors import last_number

PROMPTS = {"plain": "{question}?", "kind": "Please: {question}"}

def tongues(source, config, prompt):
    for row in source.rows(Hub("owner/tongues", config)):
        yield Case(f"tongues-{config}-{row.id}", row.prompt(prompt), row.number("answer"))

@cases(tongues, prompts=PROMPTS, extract=last_number, configs=("de", "zh"))
def test_tongues(case, answer):
    assert answer == case.answer
"""


def write_rows(folder: Path, *names: str) -> None:
    for name in names:
        found = [{"question": f"1+1 {name}", "answer": 2}, {"question": f"2+2 {name}", "answer": 4}]
        folder.joinpath(f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in found))


def test_each_configuration_is_a_measurement_of_its_own_in_every_prompt(collect: Collect, pytester: pytest.Pytester) -> None:
    write_rows(pytester.mkdir("rows"), "de", "zh")
    items = collect(LANGUAGES, "--source", "rows", "--prompt", "all")
    assert [item.callspec.id.removeprefix("embedded-text-direct-") for item in items[::2]] == [
        f"{prompt}-tongues-{config}-0" for config in ("de", "zh") for prompt in ("plain", "kind")
    ]
    samples = samples_of(items[0])
    assert [samples.label(item) for item in items[::4]] == ["tongues-de", "tongues-zh"]
    assert samples.case(items[-1]).text == "Please: 2+2 zh"
    assert len({samples.measure(item)["cases"] for item in items}) == 4


def test_a_configuration_is_read_in_files_that_are_no_other_ones(collect: Collect, pytester: pytest.Pytester) -> None:
    write_rows(pytester.mkdir("rows"), "other")
    said = "give files that are called for what they hold, or ask one of them with -k."
    assert [fault_of(item) for item in collect(LANGUAGES, "--source", "rows")] == [
        f"tongues-de is read in the same files as zh; {said}",
        f"tongues-zh is read in the same files as de; {said}",
    ]


def test_configurations_of_a_loader_that_is_not_told_of_them_are_refused(collect: Collect) -> None:
    said = fault_of(collect(LANGUAGES.replace("source, config, prompt", "source, prompt"), "--source", "hub")[0])
    assert said == "it has the configs de, zh, but its loader takes no config; let it take one."
