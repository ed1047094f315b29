"""Variant drops: how much accuracy drops from problems to the same ones with other numbers (Mirzadeh et al. 2024, arXiv:2410.05229)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from itemwise.cases.variants import RENUMBERED, original_of
from itemwise.results.entry import Entry
from itemwise.results.ledger import Tally, item_counts
from itemwise.results.statistics import Interval, difference_interval, sign_flip

__all__ = ["Drop", "drop", "variant_drops"]


@dataclass(frozen=True)
class Drop:
    """What other numbers cost one model on one benchmark. The unit is an original with its variants: there are `problems` of them.

    The names are those of run.json: `accuracy` is the share of the originals that is correct, `renumbered` the mean over them of the
    share of their variants that is. `difference` is renumbered less accuracy, with its 95 % `interval`, as shares too: -0.04 is four
    points less. `p` is two-sided. `lost` are the originals that are correct with a wrong variant, `gained` the wrong ones with a
    correct variant; with repeats, those right more often, or less, than their variants.
    """

    problems: int
    accuracy: float
    renumbered: float
    difference: float
    interval: Interval
    p: float
    lost: list[str]
    gained: list[str]


def variant_drops(tallies: Sequence[Tally], entries: Sequence[Entry]) -> list[tuple[Tally, Drop]]:
    """A drop for each tally of problems whose variants were judged too. Cases that ended in an infrastructure error are left out."""
    results = []
    for tally in tallies:
        renumbered = tally.key._replace(benchmark=f"{tally.benchmark}-{RENUMBERED}")
        variants = _right(entry for entry in entries if entry.key == renumbered)
        originals = _right(entry for entry in entries if tally.counts_entry(entry))
        if variants and (between := drop(originals, variants)):
            results.append((tally, between))
    return results


def _right(entries: Iterable[Entry]) -> dict[str, Fraction]:
    return {item: Fraction(*count) for item, count in item_counts(entries).items() if count[1]}


def drop(originals: Mapping[str, Fraction | bool], variants: Mapping[str, Fraction | bool]) -> Drop | None:
    """How the variants fare beside their originals; both map the names of judged items to whether they are correct, or to the share of
    their repeats that is.

    An original without a judged variant is left out, and so is a variant without its original; None where no pair is left.
    The unit is the original, because variants of one problem are right and wrong together: what enters the interval and the
    test is one difference for each, the share of its variants less the original's 1 or 0. With one variant each the test is the
    exact McNemar of ``compare``.
    """
    families = _families(originals, variants)
    if not families:
        return None
    shares = {name: sum(map(Fraction, answers)) / Fraction(len(answers)) for name, answers in families.items()}
    changes = {name: share - originals[name] for name, share in shares.items()}
    differences = [*changes.values()]
    return Drop(
        problems=len(families),
        accuracy=float(sum(Fraction(originals[name]) for name in families) / len(families)),
        renumbered=float(sum(shares.values()) / Fraction(len(families))),
        difference=float(sum(differences) / Fraction(len(families))),
        interval=difference_interval(differences),
        p=sign_flip(differences),
        lost=[name for name, change in changes.items() if change < 0],
        gained=[name for name, change in changes.items() if change > 0],
    )


def _families(originals: Mapping[str, Fraction | bool], variants: Mapping[str, Fraction | bool]) -> Mapping[str, Sequence[Fraction | bool]]:
    """The answers to the variants of each original that has some, in the order of the originals."""
    families: dict[str, list[Fraction | bool]] = {name: [] for name in originals}
    for variant, correct in variants.items():
        if (original := original_of(variant)) in families:
            families[original].append(correct)
    return {name: answers for name, answers in families.items() if answers}
