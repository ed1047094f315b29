"""Recovery: which model is the base, what of its accuracy is kept, in the mean over benchmarks, and where there is no number."""

from __future__ import annotations

from typing import Any

import pytest

from itemwise.analysis.ratio_interval import mean_ratio_interval
from itemwise.analysis.recovery import ModelRecovery, recoveries
from itemwise.cases.repeats import repeat_name
from itemwise.cases.reply import Verdict
from itemwise.results.entry import Entry
from itemwise.results.ledger import tallied
from tests.reporting.conftest import MODEL, an_entry

VERDICTS = {"C": Verdict.CORRECT, "W": Verdict.WRONG, "E": Verdict.ERROR}


def asked(model: str, verdicts: str, benchmark: str = "sums", strategy: str = "direct", **record: str) -> list[Entry]:
    return [
        an_entry(number, VERDICTS[letter], model_name=model, benchmark=benchmark, strategy=strategy, model=MODEL | record)
        for number, letter in enumerate(verdicts)
    ]


def found(*models: list[Entry], base: str | None = None) -> list[ModelRecovery]:
    entries = [entry for model in models for entry in model]
    return recoveries(tallied(entries), entries, base)


def named(*models: list[Entry], base: str | None = None) -> list[tuple[str, str]]:
    return [(each.tally.model_name, each.base.model_name) for each in found(*models, base=base)]


NF4, INT8, PLAIN = asked("nf4", "CWCC"), asked("int8", "CCCW", quantisation="int8"), asked("plain", "CCCC", quantisation="none")
TUNED = asked("tuned", "CCCC", quantisation="none", adapter="lora 01")


@pytest.mark.parametrize(
    ("models", "base", "expected"),
    [
        ((NF4, PLAIN, INT8), None, [("nf4", "plain"), ("int8", "plain")]),
        ((NF4, INT8), None, [("int8", "nf4")]),  # the first, where none is unquantised
        ((TUNED, PLAIN), None, [("tuned", "plain")]),
        ((TUNED, NF4), None, [("tuned", "nf4")]),  # which is not adapted
        ((NF4, asked("cut", "CCCC", **{"max new tokens": "64"})), None, []),  # not a matter of quantisation
        ((NF4, asked("other", "CCCC", revision="sha256:f")), None, []),
        ((NF4, asked("other", "CCCC", revision="sha256:f")), "other", [("nf4", "other")]),
        ((NF4, PLAIN, asked("nf4", "CCCC", strategy="tool")), None, [("nf4", "plain")]),  # the base was not asked with a tool
        ((asked("nf4", "CW", "sums-blank-image"), asked("plain", "CC", "sums-blank-image", quantisation="none")), None, []),
    ],
)
def test_the_base_is_named_by_a_rule_or_by_its_name(models: tuple[list[Entry], ...], base: str | None, expected: list[Any]) -> None:
    assert named(*models, base=base) == expected


def test_a_case_with_an_error_is_left_out_of_both_sides() -> None:
    (model,) = found(asked("plain", "CCECW", quantisation="none"), asked("nf4", "CWCEW"))
    (recovery,) = model.recoveries
    assert [accuracy.share for accuracy in recovery.accuracies] == [pytest.approx(2 / 3), pytest.approx(1 / 3)]
    assert recovery.ratio == 0.5
    assert (recovery.pair.lost, recovery.pair.gained) == (["sums-1"], [])


def test_the_mean_is_that_of_the_ratios_with_an_interval_over_all() -> None:
    plain = [*asked("plain", "C" * 20 + "W" * 10, quantisation="none"), *asked("plain", "C" * 10 + "W" * 20, "maths", quantisation="none")]
    quantised = [*asked("nf4", "C" * 18 + "W" * 12), *asked("nf4", "C" * 8 + "W" * 22, "maths")]
    (model,) = found(plain, quantised)
    ratios, intervals = [0.9, 0.8], [recovery.interval for recovery in model.recoveries if recovery.interval]
    assert [recovery.ratio for recovery in model.recoveries] == pytest.approx(ratios)
    assert model.ratio == pytest.approx(0.85)
    assert model.interval == pytest.approx(mean_ratio_interval(ratios, intervals))


def test_a_base_that_is_never_right_gives_no_number() -> None:
    (model,) = found(asked("plain", "WWWW", quantisation="none"), asked("nf4", "CWWW"))
    assert (model.ratio, model.interval, model.recoveries[0].interval) == (None, None, None)


def test_a_base_that_is_hardly_ever_right_gives_a_number_without_a_bound() -> None:
    (model,) = found(asked("plain", "C" + "W" * 29, quantisation="none"), asked("nf4", "C" + "W" * 29))
    assert (model.ratio, model.interval) == (1.0, None)


def test_repeats_count_by_items() -> None:
    unquantised = MODEL | {"quantisation": "none"}
    plain = [
        an_entry(number, VERDICTS[letter], model_name="plain", benchmark="sums", model=unquantised, case=name, repeat=repeat)
        for number, letters in enumerate(("CC", "CW"))
        for repeat, letter in enumerate(letters, start=1)
        for name in [repeat_name(f"sums-{number}", repeat)]
    ]
    (model,) = found(plain, asked("nf4", "CW"))
    assert model.ratio == pytest.approx(0.5 / 0.75)
