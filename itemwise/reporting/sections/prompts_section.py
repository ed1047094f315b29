"""Prompts: how far a benchmark's prompts move its accuracy on the same rows, which rows change, and how far the extractor does."""

from collections.abc import Iterator

from itemwise.analysis.pairs import Measurement, Pair
from itemwise.analysis.prompt_comparison import PromptComparison, prompt_comparisons
from itemwise.language import joined, phrase
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Column, Note, OnPage, Row, Section, figures, words
from itemwise.reporting.table import accuracy_text, and_more, interval_text, points_text
from itemwise.results.statistics import smallest_difference

_COLUMNS = (
    Column("benchmark", "name"), Column("model, strategy", "subname"), Column("prompt", "word"), Column("accuracy", "leading"),
    Column("95% interval", "interval"),
    *figures("rows", "against best", "from", "to", "gained", "lost", "p", "Holm p", "by extractor"),
)  # fmt: skip
_NAMED = 5  # rows named in a sentence
_LEGEND = (
    "against best: the prompt with most rows right, paired on the same rows, with the 95% interval of the difference; p: exact McNemar, "
    "Holm p corrected over all pairs of prompts.",
    "by extractor: the lowest and highest accuracy of the same replies under the run's own and other extractors.",
)


def build(run: RunFacts) -> Iterator[Section]:
    """A row for each prompt, a sentence for each model and strategy; below it, but not in a terminal, the rows that change."""
    compared = prompt_comparisons(run.plain_tallies, run.entries)
    yield Section(
        "prompts",
        "The same rows under several prompts",
        _COLUMNS,
        [_row(comparison, side) for comparison in compared for side in comparison.sides],
        legend=_LEGEND if compared else (),
        notes=[Note(sentence) for comparison in compared for sentence in _sentences(comparison)],
        record={"prompts": [_record(comparison) for comparison in compared]} if compared else {},
        page=OnPage("above", title="Prompts"),
    )
    for number, comparison in enumerate(compared):
        yield _changing(f"prompts-{number}", comparison)


def _row(comparison: PromptComparison, side: Measurement) -> Row:
    accuracy = side.accuracy
    readings = [share for share, _ in comparison.readings(side)]
    read = phrase("{low:.1%} to {high:.1%}", low=min(readings), high=max(readings)) if readings else "-"
    name = (comparison.key.benchmark, ", ".join(comparison.key.names[1:]), side.label)
    cells = (*name, *accuracy_text(accuracy), str(len(comparison.rows)), *_against_best(comparison, side), read)
    return Row(cells, accuracy)


def _against_best(comparison: PromptComparison, side: Measurement) -> tuple[str, ...]:
    best = comparison.best
    if side is best:
        return (phrase("best"), *("-" * 6))
    pair = Pair(best, side)
    low, high = pair.interval
    flips = (str(len(pair.gained)), str(len(pair.lost)), f"{pair.p:.3g}", f"{comparison.holm_p(best, side):.3g}")
    return (points_text(pair.change), f"{100 * low:+.1f}", f"{100 * high:+.1f}", *flips)


def _sentences(comparison: PromptComparison) -> Iterator[str]:
    """How far the prompt moves the score, which rows it changes, and how far the extractor moves it."""
    yield phrase("{name}: {text}", name=", ".join(comparison.key.names), text=_moved(comparison))
    rows, sides, changing = len(comparison.rows), len(comparison.sides), comparison.changing
    always = sum(count == sides for count in comparison.right_under.values())
    counts = {"n": rows, "always": always, "prompts": sides, "never": rows - always - len(changing), "some": len(changing)}
    told = [phrase("  of {n} {n:row|rows}: {always} right under all {prompts} prompts, {never} under none, {some} under some", **counts)]
    if changing:
        listed = and_more(", ".join(changing[:_NAMED]), len(changing) - _NAMED)
        told = [phrase("{text}: {list}", text=told[0], list=listed)]
    if missing := comparison.asked - rows:
        told.append(phrase("{n} of {all} are left out, not judged under all prompts", n=missing, all=comparison.asked))
    yield joined(told, "; ")
    if (moved := _most_moved(comparison)) is not None:
        yield moved


def _moved(comparison: PromptComparison) -> str:
    """The spread between the best and the worst prompt, and whether so many rows show it."""
    best, worst = comparison.best, comparison.worst
    if best is worst or not (pair := Pair(worst, best)).change:
        return phrase("the prompt does not move the score: {share} under each", share=accuracy_text(best.accuracy)[0])
    tests = len(comparison.pairs)
    shown = "a difference is shown" if comparison.is_shown else "no difference is shown"
    if not comparison.is_shown and not smallest_difference(len(comparison.rows), tests):
        shown = "no difference is shown; so few rows can show none"
    return phrase(
        "the prompt moves the score by {points:.1f} points ({interval}), best {best} {best_share} and worst {worst} {worst_share}; "
        "{gained} gained, {lost} lost, p {p:.3g}, Holm p over {pairs} {holm_p:.3g}: {shown}",
        points=100 * (pair.change or 0),
        interval=interval_text(pair.interval),
        best=best.label,
        best_share=accuracy_text(best.accuracy)[0],
        worst=worst.label,
        worst_share=accuracy_text(worst.accuracy)[0],
        gained=len(pair.gained),
        lost=len(pair.lost),
        p=pair.p,
        pairs=phrase("{n} {n:pair|pairs}", n=tests),
        holm_p=comparison.holm_p(worst, best),
        shown=phrase(shown),
    )


def _most_moved(comparison: PromptComparison) -> str | None:
    """The prompt whose score depends most on what reads its replies."""
    read = [(side, readings) for side in comparison.sides if (readings := comparison.readings(side))]
    if not read:
        return None
    side, readings = max(read, key=lambda pair: max(pair[1])[0] - min(pair[1])[0])
    (low, lowest), (high, highest) = min(readings), max(readings)
    if low == high:
        return phrase("  the extractor moves the score of no prompt")
    return phrase(
        "  the extractor moves the score of one prompt by up to {points:.1f} points: {prompt} {low:.1%} by {lowest}, "
        "{high:.1%} by {highest}",
        points=100 * (high - low),
        prompt=side.label,
        low=low,
        lowest=lowest,
        high=high,
        highest=highest,
    )


def _changing(name: str, comparison: PromptComparison) -> Section:
    """The verdict under each prompt of the rows that change. A terminal has their names in the sentence."""
    key = ", ".join(comparison.key.names)
    verdicts = [(case, *(_verdict(side, case) for side in comparison.sides)) for case in comparison.changing]
    return Section(
        name,
        phrase("Rows that the prompt changes: {name}", name=key) if verdicts else "",
        words("row", *(side.label for side in comparison.sides)),
        [Row(cells, group=phrase("{name}: rows that the prompt changes", name=key)) for cells in verdicts],
        brief=(),
        page=OnPage(name="Rows by prompt"),
    )


def _verdict(side: Measurement, case: str) -> str:
    """The verdict; with repeats how many replies are correct."""
    if case in side.counts:
        right, times = side.counts[case]
        return phrase("{n} of {all} correct", n=right, all=times)
    return phrase(side.entries[case].verdict.value)


def _record(comparison: PromptComparison) -> dict[str, object]:
    pair = Pair(comparison.worst, comparison.best)
    sides = len(comparison.sides)
    return {
        **comparison.key.record(),
        "rows": len(comparison.rows),
        "best": comparison.best.label,
        "worst": comparison.worst.label,
        "spread": pair.change,
        "interval": pair.interval,
        "p": pair.p,
        "holm_p": comparison.holm_p(comparison.worst, comparison.best),
        "pairs": len(comparison.pairs),
        "right_under_all": [case for case, count in comparison.right_under.items() if count == sides],
        "right_under_some": {case: [side.label for side in comparison.sides if side.is_right(case)] for case in comparison.changing},
        "right_under_none": [case for case, count in comparison.right_under.items() if not count],
        "by_prompt": [_prompt_record(comparison, side) for side in comparison.sides],
    }


def _prompt_record(comparison: PromptComparison, side: Measurement) -> dict[str, object]:
    accuracy, best = side.accuracy, comparison.best
    compared = {} if side is best else {"against": best.label, **Pair(best, side).record(), "holm_p": comparison.holm_p(best, side)}
    return {
        "prompt": side.label,
        "accuracy": accuracy.share,
        "interval": accuracy.interval,
        "by_reader": {name: share for share, name in comparison.readings(side)},
        **compared,
    }
