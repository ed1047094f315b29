"""The cause "another option likelier": the options were scored, and the margin by which the expected one is behind."""

from itemwise.cases.case import LETTERS
from itemwise.cases.option_scores import UNITS, OptionScores
from itemwise.causes.cause import LIKELIER, Cause, cause
from itemwise.language import phrase

__all__ = ["margin"]


def margin(scores: OptionScores, expected: str) -> Cause | None:
    """How far the score of the option `expected` (its letter) is below the best one, of several letters the likeliest's; None where none
    is an option.

    >>> margin(OptionScores("letter", "sum", [-0.5, -2.0], [-0.5, -2.0]), "B").evidence
    "A is 1.5 nats above the expected B: -0.5 and -2; 82% and 18% of the options' probability"
    """
    places, best = [place for letter in expected if (place := scores.place(letter)) is not None], scores.best
    if not places:
        return None
    place = max(places, key=scores.scores.__getitem__)
    found, wanted = scores.scores[best], scores.scores[place]
    return cause(
        LIKELIER,
        phrase(
            "{letter} is {behind:.3g} {unit} above the expected {other}: {found:.4g} and {wanted:.4g}; "
            "{share:.0%} and {other_share:.0%} of the options' probability",
            letter=scores.letter,
            behind=found - wanted,
            unit=UNITS[scores.norm],
            other=LETTERS[place],
            found=found,
            wanted=wanted,
            share=scores.probabilities[best],
            other_share=scores.probabilities[place],
        ),
    )
