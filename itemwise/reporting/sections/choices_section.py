"""Choices as people read them: accuracy beside chance, the best constant letter, and what the controls showed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from itemwise.analysis.choice_baselines import ChoiceResult
from itemwise.analysis.control_results import ControlResult
from itemwise.analysis.splits import Split
from itemwise.reporting.table import accuracy_text, points_text

__all__ = ["CHOICE_COLUMNS", "SPLIT_COLUMNS", "choice_record", "choice_rows", "control_lines", "short_splits", "split_record", "split_rows"]

CHOICE_COLUMNS = ("benchmark", "model", "strategy", "accuracy", "chance", "one letter", "p against it", "controls")
SPLIT_COLUMNS = ("benchmark", "model", "strategy", "split by", "accuracy", "95% interval", "cases")


def choice_rows(results: Sequence[ChoiceResult]) -> list[tuple[str, ...]]:
    """A row of CHOICE_COLUMNS for each result."""
    return [_row(result) for result in results]


def control_lines(results: Sequence[ChoiceResult]) -> list[str]:
    """A sentence for each control that was run."""
    return [_sentence(result, control) for result in results for control in result.controls]


def choice_record(result: ChoiceResult) -> dict[str, object]:
    """A result with its controls as plain data, with the flipped cases by id."""
    benchmark, model, strategy = result.tally.key
    return {
        "benchmark": benchmark,
        "model": model,
        "strategy": strategy,
        "accuracy": result.tally.accuracy.share,
        "chance": result.chance,
        "constant": {"letter": result.letter, "accuracy": result.constant, "p": result.p},
        "controls": [_control_record(control) for control in result.controls],
    }


def short_splits(splits: Sequence[Split], most: int) -> tuple[list[Split], list[str]]:
    """The splits of tags with at most so many values, and a line for each tag of more that says where its values stand."""
    counted = Counter((split.whole.key, split.tag) for split in splits)
    long = {key: count for key, count in counted.items() if count > most}
    lines = [f"{', '.join(key)}: split by {tag}: {count} values, in run.json and report.html" for (key, tag), count in long.items()]
    return [split for split in splits if (split.whole.key, split.tag) not in long], lines


def split_rows(splits: Sequence[Split]) -> Iterator[tuple[str, ...]]:
    """A row of SPLIT_COLUMNS for each part."""
    for split in splits:
        yield (*split.whole.key, f"{split.tag}: {split.value}", *accuracy_text(split.part.accuracy), str(split.part.judged))


def split_record(split: Split) -> dict[str, object]:
    """A part as plain data."""
    found = split.part.accuracy
    benchmark, model, strategy = split.whole.key
    return {
        "benchmark": benchmark,
        "model": model,
        "strategy": strategy,
        "tag": split.tag,
        "value": split.value,
        "accuracy": found.share,
        "interval": list(found.interval) if found.interval else None,
        "n": found.judged,
    }


def _row(result: ChoiceResult) -> tuple[str, ...]:
    share, _ = accuracy_text(result.tally.accuracy)
    controls = "; ".join(f"{control.control} {points_text(control.pair.change)} (p {control.pair.p:.3g})" for control in result.controls)
    constant = f'always "{result.letter}" {result.constant:.1%}'
    return (*result.tally.key, share, f"{result.chance:.1%}", constant, f"{result.p:.3g}", controls or "not run")


def _sentence(result: ChoiceResult, control: ControlResult) -> str:
    share, _ = accuracy_text(result.tally.accuracy)
    under, _ = accuracy_text(control.tally.accuracy)
    kept = ""
    if control.same_letter is not None and control.same_option is not None:
        kept = f"; {control.same_letter:.0%} kept the letter, {control.same_option:.0%} the option"
    flips = f"{len(control.pair.gained)} gained and {len(control.pair.lost)} lost of {len(control.pair.judged)}, p = {control.pair.p:.3g}"
    return f"{', '.join(result.tally.key)}, {control.control}: {share} to {under} ({flips}{kept}): {control.finding}"


def _control_record(control: ControlResult) -> dict[str, object]:
    return {
        "control": control.control,
        "accuracy": control.tally.accuracy.share,
        "change": control.pair.change,
        "cases": len(control.pair.judged),
        "gained": control.pair.gained,
        "lost": control.pair.lost,
        "p": control.pair.p,
        "same_letter": control.same_letter,
        "same_option": control.same_option,
        "finding": control.finding,
    }
