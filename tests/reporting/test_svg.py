"""Charts of numbers and words of our own."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from itemwise.analysis.calibration import Bin, Calibration
from itemwise.reporting.svg import accuracy_axis, accuracy_track, flips, reliability, share_bar
from itemwise.results.statistics import Interval, accuracy


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


@pytest.mark.parametrize(("share", "longest", "width"), [(0.2, 0.4, "50.00%"), (0.4, 0.4, "100.00%"), (0.0, 0.0, "0.00%")])
def test_a_bar_is_as_long_as_its_share_of_the_longest(share: float, longest: float, width: str) -> None:
    assert [bar["width"] for bar in drawn(share_bar(share, longest), "rect")] == [width]


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
    found = Calibration(10, 0.75, 0.5, 0.2, Interval(0.1, 0.3), 0.1, [Bin(0.75, 0.5, 10)])
    drawing = reliability(found)
    (point,) = drawn(drawing, "circle")
    diagonal, gap = drawn(drawing, "line")
    assert (point["cx"], point["cy"]) == ("75.00%", "50.00%")
    assert (diagonal["y1"], gap["x1"], gap["y1"], gap["y2"]) == ("100%", "75.00%", "25.00%", "50.00%")
    assert 'aria-label="accuracy by confidence of 10 cases: 50% at 75%"' in drawing
