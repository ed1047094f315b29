"""Recovery: what quantised or fine-tuned models keep of their base's accuracy, by benchmark and in the mean, with the flips."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from itemwise.analysis.recovery import ModelRecovery, Recovery
from itemwise.language import joined, phrase
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Note, OnPage, Row, Section, figures, words
from itemwise.reporting.table import and_more, points_text
from itemwise.results.statistics import Accuracy, Interval, holm

__all__ = ["build", "recovery_table", "recovery_text"]

MEAN = "mean"
_NAMED = 5  # flips named in a sentence
_LEGEND = (
    "recovery: accuracy over the base's accuracy on the same items, with Fieller's 95% interval over pairs of items; mean: that of the "
    "benchmarks' recoveries. p: exact McNemar against the base, Holm p corrected over the lines.",
)


def build(run: RunFacts) -> Iterator[Section]:
    """A line for each benchmark of a model that has a base in the run, the mean of several, and which cases flipped."""
    yield recovery_table(run.recoveries, _NAMED)


def recovery_table(found: Sequence[ModelRecovery], named: int = 0) -> Section:
    """The table, with a sentence on the flips of each line where so many are to be `named`."""
    several = any(each.tally.prompt_name for each in found)
    columns = (
        *words("benchmark", "model", "strategy", *(["prompt"] if several else []), "base"),
        *figures("base accuracy", "accuracy", "recovery", "95% interval", "change", "gained", "lost", "p", "Holm p"),
    )
    lines = [recovery for model in found for recovery in model.recoveries]
    corrected = iter(holm([line.pair.p for line in lines]))
    rows = [row for model in found for row in _rows(model, [next(corrected) for _ in model.recoveries], several)]
    notes = [Note(_flips(line, named)) for line in lines] if named else []
    record = {"recovery": [_record(model) for model in found]} if found else {}
    properties = {line.pair.second.tally.key: _properties(line) for line in lines}
    told = Section("recovery", "Recovery", columns, rows, notes=notes, record=record, properties=properties, page=OnPage("above"))
    return replace(told, legend=_LEGEND) if rows else told


def _rows(model: ModelRecovery, corrected: Sequence[float], several: bool) -> Iterator[Row]:
    for recovery, holm_p in zip(model.recoveries, corrected, strict=True):
        pair = recovery.pair
        base, accuracy = recovery.accuracies
        names = _names(pair.second.tally.benchmark, ModelRecovery([recovery]), several)
        shares = (_percent(base), _percent(accuracy), *recovery_text(recovery.ratio, recovery.interval))
        tested = (points_text(pair.change), str(len(pair.gained)), str(len(pair.lost)), f"{pair.p:.3g}", f"{holm_p:.3g}")
        yield Row((*names, *shares, *tested))
    if len(model.recoveries) > 1:
        yield Row((*_names(phrase(MEAN), model, several), "-", "-", *recovery_text(model.ratio, model.interval), *("-" * 5)))


def _names(benchmark: str, model: ModelRecovery, several: bool) -> tuple[str, ...]:
    tally = model.tally
    return (benchmark, model.label, tally.strategy, *([tally.prompt_name] if several else []), model.base_label)


def _percent(accuracy: Accuracy) -> str:
    return "-" if accuracy.share is None else f"{accuracy.share:.1%}"


def recovery_text(ratio: float | None, interval: Interval | None) -> tuple[str, str]:
    """A recovery and its interval in percent; words where the base is never right, or its accuracy too near to 0 for a bound."""
    if ratio is None:
        return phrase("base is 0"), "-"
    if interval is None:
        return f"{ratio:.1%}", phrase("no bound")
    return f"{ratio:.1%}", phrase("{low:.1f} to {high:.1f}%", low=100 * interval.low, high=100 * interval.high)


def _flips(recovery: Recovery, named: int) -> str:
    pair = recovery.pair
    gained = _counted(phrase("{n} gained", n=len(pair.gained)), pair.gained, named)
    lost = _counted(phrase("{n} lost", n=len(pair.lost)), pair.lost, named)
    return phrase(
        "{name} against {base}: {flips} of {n}",
        name=", ".join(pair.second.tally.key.names),
        base=pair.first.tally.model_name,
        flips=joined([gained, lost]),
        n=len(pair.judged),
    )


def _counted(count: str, cases: Sequence[str], named: int) -> str:
    return phrase("{n} ({cases})", n=count, cases=and_more(", ".join(cases[:named]), len(cases) - named)) if cases else count


def _record(model: ModelRecovery) -> dict[str, object]:
    tally = model.tally
    return {
        "model": tally.model_name,
        "strategy": tally.strategy,
        **({"prompt": tally.prompt_name} if tally.prompt_name else {}),
        "base": model.base.model_name,
        "recovery": model.ratio,
        "interval": model.interval,
        "benchmarks": [_benchmark_record(recovery) for recovery in model.recoveries],
    }


def _properties(recovery: Recovery) -> dict[str, str]:
    figures = (("recovery", recovery.ratio), *zip(("recovery_low", "recovery_high"), recovery.interval or (None, None), strict=True))
    shares = {name: "" if figure is None else f"{figure:.6f}" for name, figure in figures}
    return {"recovery_base": recovery.pair.first.tally.model_name, **shares}


def _benchmark_record(recovery: Recovery) -> dict[str, object]:
    base, accuracy = recovery.accuracies
    return {
        "benchmark": recovery.pair.second.tally.benchmark,
        "base_accuracy": base.share,
        "accuracy": accuracy.share,
        "recovery": recovery.ratio,
        "interval": recovery.interval,
        **recovery.pair.record(),
    }
