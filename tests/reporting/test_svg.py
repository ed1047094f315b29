"""Charts of numbers and words of our own."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from itemwise.analysis.calibration import Bin, Calibration
from itemwise.analysis.pairs import Measurement, Pair, measurement
from itemwise.cases.reply import Verdict
from itemwise.reporting.first_screen import Level
from itemwise.reporting.svg import accuracy_axis, accuracy_track, change_bar, flips, reliability
from itemwise.results.ledger import tallied
from itemwise.results.statistics import Interval, accuracy
from tests.reporting.conftest import an_entry


def drawn(markup: object, tag: str) -> list[dict[str, str]]:
    """The attributes of each element of this kind, in a drawing that XML can be read of."""
    return [element.attrib for element in ElementTree.fromstring(str(markup)).iter(tag)]


def test_an_accuracy_is_a_point_within_its_interval() -> None:
    track = accuracy_track(accuracy(43, 50))
    (point,), (bar,) = drawn(track, "circle"), drawn(track, "rect")
    assert (point["cx"], bar["x"], bar["width"]) == ("86.00%", "73.81%", "19.24%")
    assert 'aria-label="86.0%, 95% interval 73.8 to 93.0%"' in str(track)


def test_of_nothing_judged_nothing_is_drawn() -> None:
    assert accuracy_track(accuracy(0, 0)) == ""


def test_the_axis_names_the_quarters() -> None:
    assert [text["x"] for text in drawn(accuracy_axis(), "text")] == ["0%", "25%", "50%", "75%", "100%"]


def test_chance_and_a_gate_are_lines_across_the_track() -> None:
    track = accuracy_track(accuracy(43, 50), [Level("chance", 0.25), Level("gate by the interval", 0.8)])
    lines = [line for line in drawn(track, "line") if line["class"] != "grid"]
    assert [(line["class"], line["x1"], line["x2"]) for line in lines] == [
        ("level chance", "25.00%", "25.00%"),
        ("level gate", "80.00%", "80.00%"),
    ]
    assert 'aria-label="86.0%, 95% interval 73.8 to 93.0%, chance 25.0%, gate by the interval 80.0%"' in str(track)


def _side(correct: int, cases: range) -> Measurement:
    entries = [an_entry(number, Verdict.CORRECT if number < correct else Verdict.WRONG) for number in cases]
    return measurement("side", "", tallied(entries)[0], entries)


@pytest.mark.parametrize(
    ("correct", "finding", "kind", "bar"),
    [
        (8, "helps", "better", ("20.00%", "60.00%")),
        (0, "hurts", "worse", ("0.00%", "20.00%")),
        (2, "no difference shown", "unshown", ("20.00%", "0.00%")),
    ],
)
def test_a_change_is_a_bar_from_one_accuracy_to_the_other(correct: int, finding: str, kind: str, bar: tuple[str, str]) -> None:
    pair = Pair(_side(2, range(10)), _side(correct, range(10)))
    drawing = change_bar(pair, finding)
    (moved,) = drawn(drawing, "rect")
    (interval,) = (line for line in drawn(drawing, "line") if line["class"] == "range")
    assert f'class="track change {kind}"' in str(drawing)
    assert (moved["x"], moved["width"]) == bar
    low, high = (100 * min(1, max(0, 0.2 + end)) for end in pair.interval)
    assert (float(interval["x1"][:-1]), float(interval["x2"][:-1])) == pytest.approx((low, high), abs=0.01)
    assert f"from 20.0% to {correct / 10:.1%}, 95% interval of the change" in str(drawing)


def test_no_case_of_both_sides_no_change() -> None:
    entries = [an_entry(0, Verdict.ERROR)]
    empty = measurement("side", "", tallied(entries)[0], entries)
    assert change_bar(Pair(empty, empty), "") == ""


@pytest.mark.parametrize(
    ("gained", "lost", "widths"), [(10, 5, ("30.0", "60.0")), (1, 0, ("0.0", "6.0")), (0, 0, ("0.0", "0.0")), (0, 100, ("60.0", "0.0"))]
)
def test_flips_are_drawn_to_one_scale_on_both_sides(gained: int, lost: int, widths: tuple[str, str]) -> None:
    drawing = str(flips(gained, lost, 100))
    assert tuple(re.findall(r'class="(?:lost|gained)" x="[0-9.]+" width="([0-9.]+)"', drawing)) == widths
    assert f'aria-label="{lost} lost, {gained} gained"' in drawing


def test_a_pair_without_a_judged_case_has_no_drawing() -> None:
    assert flips(0, 0, 0) == ""


def test_a_bin_stands_over_its_confidence_with_a_line_to_the_diagonal() -> None:
    found = Calibration(10, 0.75, 0.5, None, 0.2, Interval(0.1, 0.3), 0.1, 0.2, [Bin(0.75, 0.5, 10)])
    drawing = reliability(found)
    (point,) = drawn(drawing, "circle")
    diagonal, gap, interval = drawn(drawing, "line")[-3:]
    assert (point["cx"], point["cy"]) == ("75.00%", "50.00%")
    assert (diagonal["y1"], gap["x1"], gap["y1"], gap["y2"]) == ("100%", "75.00%", "25.00%", "50.00%")
    assert (interval["x1"], interval["y1"], interval["y2"]) == ("75.00%", "23.66%", "76.34%")  # Wilson's of 5 of 10: 0.2366 to 0.7634
    assert "<title>50% at 75%, 10 cases</title>" in drawing
    assert 'aria-label="accuracy by confidence of 10 cases: 50% at 75%"' in drawing
