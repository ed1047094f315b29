"""Repeats: the mean and its spread over repeats, the noise floor, pass@k and pass^k, and the items that are right only sometimes."""

from collections.abc import Iterator, Sequence

from itemwise.analysis.repeat_results import RepeatResult, repeat_results
from itemwise.language import joined, phrase
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Column, Note, OnPage, Row, Section, figures, key_cells, key_columns
from itemwise.reporting.table import accuracy_text, and_more, count_of
from itemwise.results.ledger import Tally

_COLUMNS = (
    *figures("repeats", "mean"), Column("95% interval", "interval"),
    *figures("lowest", "highest", "noise floor", "of the mean", "pass@k", "pass^k", "stable right", "stable wrong", "unstable"),
)  # fmt: skip
_NAMED = 5  # items named in a sentence
_LEGEND = (
    "the interval is over items, not over replies. lowest, highest: the accuracy of one repeat. noise floor: how far two runs like one "
    "repeat differ at 95% by sampling alone; of the mean: two runs with all repeats. A difference within it shows nothing.",
    "k is the number of repeats: pass@k, an item's replies hold a correct one; pass^k, all of them are.",
)


def build(run: RunFacts) -> Iterator[Section]:
    """A row for each measurement whose items were asked several times; below it, but not in a terminal, the items that are unstable."""
    results = repeat_results(run.answered, run.entries)
    yield Section(
        "repeats",
        "Repeats",
        (*key_columns(run.tallies), *_COLUMNS),
        [_row(result, run.tallies) for result in results],
        legend=_LEGEND if results else (),
        notes=[Note(_unstable(result)) for result in results],
        record={"repeats": [_record(result) for result in results]} if results else {},
        properties={result.tally.key: _properties(result) for result in results},
        page=OnPage("above"),
    )
    for number, result in enumerate(results):
        yield _items(f"repeats-{number}", result)


def _row(result: RepeatResult, tallies: Sequence[Tally]) -> Row:
    shares = [each.share for each in result.by_repeat if each.share is not None]
    spread = (f"{min(shares):.1%}", f"{max(shares):.1%}", *map(_points, (result.noise_floor(), result.noise_floor(result.times))))
    passed = map(_percent, (result.pass_at(result.times), result.pass_all(result.times)))
    items = (str(len(each)) for each in (result.stable_right, result.stable_wrong, result.unstable))
    cells = (str(result.times), *accuracy_text(result.accuracy), *spread, *passed, *items)
    return Row((*key_cells(result.tally, tallies), *cells), result.accuracy)


def _points(difference: float | None) -> str:
    return "-" if difference is None else phrase("{points:.1f} points", points=100 * difference)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _unstable(result: RepeatResult) -> str:
    named = [phrase("{name} ({count})", name=item, count=count_of(*result.items[item])) for item in result.unstable]
    counts = {"name": ", ".join(result.tally.key.names), "n": len(named), "all": len(result.items)}
    sentence = phrase("{name}: {n} of {all} {all:item|items} {n:is|are} right only sometimes", **counts)
    if named:
        sentence = phrase("{text}: {list}", text=sentence, list=and_more(joined(named[:_NAMED]), len(named) - _NAMED))
    if len(result.same_text) == len(result.items):
        same = phrase("every reply has the same text each time, so nothing was sampled and the noise floor tells nothing")
    else:
        same = phrase("{n} have the same text each time", n=len(result.same_text))
    return joined([sentence, same], "; ")


def _items(name: str, result: RepeatResult) -> Section:
    """How often each unstable item is right. A terminal has their names in the sentence."""
    key = ", ".join(result.tally.key.names)
    group = phrase("{name}: unstable items", name=key)
    rows = [Row((item, count_of(*result.items[item])), group=group) for item in result.unstable]
    columns = (Column("item", "word"), Column("correct"))
    title = phrase("Unstable items: {name}", name=key) if rows else ""
    return Section(name, title, columns, rows, brief=(), page=OnPage(name="Unstable items"))


def _record(result: RepeatResult) -> dict[str, object]:
    ks = range(1, result.times + 1)
    return {
        **result.tally.key.record(),
        "repeats": result.times,
        "items": len(result.items),
        "accuracy": result.accuracy.share,
        "interval": result.accuracy.interval,
        "by_repeat": [each.share for each in result.by_repeat],
        "noise_floor": result.noise_floor(),
        "noise_floor_of_mean": result.noise_floor(result.times),
        "pass_at": {str(k): result.pass_at(k) for k in ks},
        "pass_all": {str(k): result.pass_all(k) for k in ks},
        "pass_at_interval": result.ever_right.interval,
        "pass_all_interval": result.always_right.interval,
        "stable_right": result.stable_right,
        "stable_wrong": result.stable_wrong,
        "same_text": len(result.same_text),
        "unstable": {item: list(result.items[item]) for item in result.unstable},
    }


def _properties(result: RepeatResult) -> dict[str, str]:
    shares = {
        "noise_floor": result.noise_floor(),
        f"pass_at_{result.times}": result.pass_at(result.times),
        f"pass_all_{result.times}": result.pass_all(result.times),
    }
    return {
        "repeats": str(result.times),
        "items": str(len(result.items)),
        "unstable_items": str(len(result.unstable)),
        **{name: "" if share is None else f"{share:.6f}" for name, share in shares.items()},
    }
