"""Scores: how much of a case is right, in 0 to 1, as its test records it beside the verdict: `record_property("score", 0.75)`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from itemwise.cases.plain_data import shown_value

__all__ = ["SCORE", "Score", "ScoreError", "pooled", "recorded_scores", "scores_from_record", "scores_record", "scores_text", "summed"]

SCORE = "score"
_NAMED = re.compile(rf"{SCORE}(\.[\w-]+)*")


class ScoreError(ValueError):
    """What a test recorded is no score; the message says what it may be."""


class Score(NamedTuple):
    """`points` out of `parts`, such as 2 of 3 instructions that a reply follows; of one part it is the score itself.

    A mean over cases is that over all their parts, as published numbers by instruction or by statement are.
    """

    points: float
    parts: float = 1

    @property
    def value(self) -> float:
        """The score in 0 to 1."""
        return self.points / self.parts

    @property
    def text(self) -> str:
        """The score with three digits, and what it counts."""
        return f"{self.value:.3f}" + (f" ({self.points:g} of {self.parts:g})" if self.parts > 1 else "")


def recorded_scores(properties: Iterable[tuple[str, object]]) -> dict[str, Score]:
    """The scores among what a test recorded, by name: ``score``, ``score.strict``. Of one that was recorded again the last counts.

    A score is a number in 0 to 1, True or False, or a pair that counts: ``(2, 3)`` is 2 of 3. Raises ScoreError for anything else.

    >>> recorded_scores([("answer", "42"), ("score", 0.5), ("score.parts", (2, 3))])
    {'score': Score(points=0.5, parts=1.0), 'score.parts': Score(points=2.0, parts=3.0)}
    """
    return {name: _score(name, value) for name, value in properties if str(name).partition(".")[0] == SCORE}


def _score(name: str, recorded: object) -> Score:
    pair = tuple(recorded) if isinstance(recorded, (tuple, list)) else (recorded, 1)
    points, parts = (_number(value) for value in pair) if len(pair) == 2 else (None, None)
    if points is None or parts is None or parts < 1 or parts % 1 or not 0 <= points <= parts or not _NAMED.fullmatch(name):
        may = "a score is a number in 0 to 1, or a pair such as (2, 3) for 2 of 3, and is called score or score.NAME"
        raise ScoreError(f"record_property({name!r}, {shown_value(recorded)}): {may}.")
    return Score(points, parts)


def _number(value: Any) -> float | None:
    """`value` as a finite number; a text is none, whatever it spells."""
    try:
        number = float(value) if hasattr(value, "__float__") else math.nan
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def scores_record(scores: Mapping[str, Score]) -> dict[str, float | list[float]]:
    """The scores as plain data: a number, or a pair where parts are counted."""
    return {name: score.points if score.parts == 1 else [score.points, score.parts] for name, score in scores.items()}


def scores_from_record(record: Mapping[str, Any]) -> dict[str, Score]:
    """The scores whose record this is. Raises ValueError for what is none."""
    return {name: _score(name, value) for name, value in record.items()}


def summed(scores: Iterable[Score]) -> Score:
    """The points and the parts of all scores together."""
    points, parts = zip(*scores, strict=True)
    return Score(sum(points), sum(parts))


def pooled(scores: Sequence[Score]) -> Score:
    """The mean of an item's scores where it was asked several times, each by its parts."""
    whole = summed(scores)
    return Score(whole.points / len(scores), whole.parts / len(scores))


def scores_text(scores: Mapping[str, Score]) -> str:
    """All scores of a case in a line."""
    return ", ".join(f"{name} {score.text}" for name, score in scores.items())
