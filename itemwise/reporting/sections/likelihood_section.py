"""Scored options: what was scored and compared, ties, tokens shared with the prompt, and the accuracy under other norms."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from itemwise.analysis.gold_change import GoldChange, gold_change, gold_changes
from itemwise.analysis.likelihood_results import LikelihoodResult, likelihood_results
from itemwise.analysis.option_shift import OptionShift, option_shift
from itemwise.analysis.pairs import Pair
from itemwise.analysis.recovery import ModelRecovery
from itemwise.language import phrase
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Note, Row, Section, change_record, figures, key_cells, key_columns, words
from itemwise.reporting.table import points_text
from itemwise.results.ledger import Tally

__all__ = ["build", "gold_note", "moved_table"]

_COLUMNS = (*words("scored", "compared"), *figures("n", "ties", "merged", "by sum", "per character", "per byte"))
_MOVED = figures("n", "KL, nats", "95% interval", "moved", "other best", "gained", "lost", "change", "expected, nats")
_MOVED_LEGEND = (
    "KL: mean divergence of the options' probabilities from the base's, in nats a case, with its bootstrap interval; moved: the share of "
    "probability that went to other options; other best: cases with another best option. They say how far a model moved, not that it is",
    "worse; that say gained and lost, and by how much the expected option became likelier. For float32 in another batch KL is about 0.",
)
_LEGEND = (
    "ties: cases with several best options, of which the first is taken; by sum, per character, per byte: the accuracy by each "
    "(acc, acc_norm and acc_bytes of lm-evaluation-harness).",
    "merged: cases with an option whose first token is part of the prompt's end; there all of its options are scored from that token on.",
)


def build(run: RunFacts) -> Iterator[Section]:
    """A row for each tally whose options were scored, and how far those of each model moved from its base's."""
    results = likelihood_results(run.tallies, run.entries)
    if results:
        changes = gold_changes([result.tally for result in results], run.entries)
        yield Section(
            "likelihood",
            "Scored options",
            (*key_columns(run.tallies), *_COLUMNS),
            [Row((*key_cells(result.tally, run.tallies), *_row(result))) for result in results],
            legend=_LEGEND,
            notes=[*(_outside(result) for result in results if result.outside), *(gold_note(*changed) for changed in changes)],
            record={
                "likelihood": [_record(result) for result in results],
                "gold_changes": [change_record(*changed) for changed in changes],
            },
        )
        if (moved := moved_table(run.recoveries)).rows:
            yield moved


def moved_table(found: Sequence[ModelRecovery]) -> Section:
    """How far the scored options of each model moved from its base's; without rows where none were scored on both."""
    several = any(each.tally.prompt_name for each in found)
    columns = (*words("benchmark", "model", "strategy", *(["prompt"] if several else []), "base"), *_MOVED)
    shifts = [(recovery.pair, shift) for model in found for recovery in model.recoveries if (shift := option_shift(recovery.pair))]
    rows = [Row((*_sides(pair, several), *_moved(pair, shift))) for pair, shift in shifts]
    record = [{**pair.second.tally.key.record(), "base": pair.first.tally.model_name, **shift.record()} for pair, shift in shifts]
    section = Section("moved", "Moved options", columns, rows, record={"moved": record} if record else {})
    return replace(section, legend=_MOVED_LEGEND) if rows else section


def _sides(pair: Pair, several: bool) -> tuple[str, ...]:
    tally, base = pair.second.tally, pair.first
    return (tally.benchmark, pair.second.label, tally.strategy, *([tally.prompt_name] if several else []), base.label)


def _moved(pair: Pair, shift: OptionShift) -> tuple[str, ...]:
    interval = phrase("{low:.2g} to {high:.2g}", low=shift.interval.low, high=shift.interval.high)
    change = gold_change(pair)
    gold = f"{change.mean:+.3g}" if change else "-"
    flips = (str(shift.other_best), str(len(pair.gained)), str(len(pair.lost)))
    return (str(shift.cases), f"{shift.kl:.3g}", interval, f"{shift.moved:.1%}", *flips, points_text(pair.change), gold)


def _row(result: LikelihoodResult) -> tuple[str, ...]:
    shares = [f"{share:.1%}" for share in result.by_norm.values()] or ["-"] * 3
    return (result.form, result.norm, *map(str, (len(result.cases), result.tied, result.merged)), *shares)


def _outside(result: LikelihoodResult) -> Note:
    told = (
        "{name}: {n} of {all} {all:case|cases} {n:has|have} an option that is not among the tokens that the server lists; "
        "it is given that of the last one"
    )
    return Note(phrase(told, name=", ".join(result.tally.key.names), n=result.outside, all=len(result.cases)))


def gold_note(first: Tally, tally: Tally, change: GoldChange) -> Note:
    """How the expected options, or the reference answers, of a measurement differ from those of the first model, in words."""
    what, found = phrase(change.what), phrase("less likely" if change.mean < 0 else "likelier")
    shown = phrase("the {what}s are {found}" if change.is_shown else "no difference of the {what}s is shown", what=what, found=found)
    return Note(
        phrase(
            "{name}: log-likelihood of the {what} against {first} {change}: {shown}",
            name=", ".join(tally.key.names),
            what=what,
            first=first.model_name,
            change=change.text,
            shown=shown,
        )
    )


def _record(result: LikelihoodResult) -> dict[str, object]:
    counts = {"n": len(result.cases), "tied": result.tied, "merged": result.merged, "outside": result.outside}
    return {**result.tally.key.record(), "form": result.form, "norm": result.norm, **counts, "accuracy_by_norm": dict(result.by_norm)}
