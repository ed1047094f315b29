"""How likely a model finds each option of a case, as the strategy `likelihood` notes it beside its reply and reports read it back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from itemwise.cases.case import LETTERS
from itemwise.cases.plain_data import Kinds, require_kinds
from itemwise.cases.reference_score import REFERENCE, reference_score

__all__ = ["UNITS", "GoldScore", "OptionScores", "notes_text", "option_scores", "score_of"]

NOTE = "likelihood"  # under which it stands in a reply's notes
UNITS = {"sum": "nats", "characters": "nats per character", "bytes": "nats per byte", "pmi": "nats"}  # by what is compared
_KINDS: Kinds = {"form": str, "norm": str, "logprobs": list, "scores": list, "merged": int, "outside": int}


class GoldScore(NamedTuple):
    """How likely what is expected of a case was: the `form` that was scored, an option's ``letter`` or ``text``, or the case's REFERENCE
    answer, its `logprob` in nats, and of a reference answer the `text` where it is known."""

    form: str
    logprob: float
    text: str = ""

    def is_like(self, other: GoldScore) -> bool:
        """Whether the two scored the same, as far as it is known."""
        return self.form == other.form and (self.text == other.text or not (self.text and other.text))


@dataclass(frozen=True)
class OptionScores:
    """The `scores` by which the options of a case were compared, in the order of their letters, and the `logprobs` that they come from.

    `form` is what was scored, ``letter``, ``text``, or with ``blank`` what follows the option in the prompt. The logprobs are natural
    logarithms of the probability of all its tokens behind the prompt; `norm`, one of UNITS, says what a score is: their ``sum``, that by
    ``characters`` or UTF-8 ``bytes``, or the sum less what it is without the question (``pmi``). `merged` counts options with a token in
    common with the end of the prompt, `outside` those whose log-probability is only the most that it may be, as a server tells it of its
    likeliest tokens alone.
    """

    form: str
    norm: str
    logprobs: Sequence[float]
    scores: Sequence[float]
    merged: int = 0
    outside: int = 0

    @property
    def best(self) -> int:
        """The index of the option with the highest score, of equal ones the first."""
        return max(range(len(self.scores)), key=self.scores.__getitem__)

    @property
    def letter(self) -> str:
        """The letter of the best option."""
        return LETTERS[self.best]

    @property
    def tied(self) -> int:
        """How many other options have the same score as the best."""
        return list(self.scores).count(max(self.scores)) - 1

    @property
    def log_probabilities(self) -> list[float]:
        """The logarithm of the softmax of the scores: what the model gives each option where one of them must be."""
        highest = max(self.scores)
        total = highest + math.log(sum(math.exp(score - highest) for score in self.scores))
        return [score - total for score in self.scores]

    @property
    def probabilities(self) -> list[float]:
        """The softmax of the scores."""
        return [math.exp(share) for share in self.log_probabilities]

    def place(self, letter: str | None) -> int | None:
        """The index of the option of that letter; None where there is none."""
        index = LETTERS.find(letter) if letter and len(letter) == 1 else -1
        return index if 0 <= index < len(self.scores) else None

    def notes(self) -> dict[str, Any]:
        """The notes of a reply that hold this."""
        return {NOTE: {**vars(self), "logprobs": list(self.logprobs), "scores": list(self.scores)}}

    @property
    def text(self) -> str:
        """The scores in words."""
        scores = ", ".join(f"{letter} {score:.3f}" for letter, score in zip(LETTERS, self.scores, strict=False))
        what = "what follows each option" if self.form == "blank" else f"each option's {self.form}"
        return f"log-likelihood of {what} ({UNITS[self.norm]}{', pmi' if self.norm == 'pmi' else ''}): {scores}"


def option_scores(notes: Mapping[str, Any]) -> OptionScores | None:
    """What a reply's notes hold of it; None where its options were not scored, or by another version in another way."""
    record: Any = notes.get(NOTE)
    try:
        require_kinds(record, _KINDS)
        found = OptionScores(**{name: record[name] for name in _KINDS if name in record})
    except (KeyError, TypeError):
        return None
    is_whole = found.norm in UNITS and 0 < len(found.scores) == len(found.logprobs) <= len(LETTERS)
    return found if is_whole and all(map(_is_number, (*found.scores, *found.logprobs))) else None


def score_of(logprob: float, text: str, norm: str) -> float:
    """The score of an option whose scored `text` has this log-probability, by ``sum``, ``characters`` or ``bytes``."""
    return logprob / {"sum": 1, "characters": len(text), "bytes": len(text.encode())}[norm]


def notes_text(notes: Mapping[str, Any]) -> str:
    """A reply's notes in a line."""
    scores = ((NOTE, option_scores(notes)), (REFERENCE, reference_score(notes)))
    said = {name: score.text for name, score in scores if score}
    return ", ".join([*(f"{name} {value}" for name, value in notes.items() if name not in said), *said.values()])


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)
