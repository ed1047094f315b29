"""Threshold gate ``--fail-under``: whether an accuracy, or the lower end of its interval, reaches a minimum."""

from collections.abc import Iterable, Sequence

from itemwise.cases.reply import Verdict
from itemwise.gates.gate import KL, Decision, Gate
from itemwise.results.labels import Label, is_plain
from itemwise.results.ledger import Tally
from itemwise.results.statistics import accuracy

__all__ = ["beside", "coverage_text", "decisions", "demand_text", "meant", "named_text", "undecided_text"]


def decisions(gates: Iterable[Gate], tallies: Sequence[Tally]) -> list[Decision]:
    """A decision for each gate and each tally it speaks of. A gate decides on full samples only: while cases are missing or failed by an
    infrastructure error it is undecided, which counts as not passed; so it is where cases that are undecided could turn it, and where
    nothing was answered."""
    return [decision for gate in gates for decision in _decided(gate, tallies)]


def _decided(gate: Gate, tallies: Sequence[Tally]) -> list[Decision]:
    concerned = meant(gate, tallies)
    if isinstance(concerned, Decision):
        return [concerned]
    answered = [tally for tally in concerned if tally.key.is_answered]
    if concerned and not answered:
        unanswered = f"--strategy {concerned[0].strategy} scores texts that are given, which is no accuracy"
        return [Decision(False, f"gate {gate.name} {demand_text(gate)}: undecided, {unanswered}")]
    return [_decision(gate, tally) for tally in answered]


def meant(gate: Gate, tallies: Sequence[Tally]) -> Sequence[Tally] | Decision:
    """The tallies that a gate speaks of, or that there are none. One that names no benchmark speaks of all, but of no variants and
    controls."""
    wanted = Label.parse(gate.benchmark)
    of_benchmark = [tally for tally in tallies if Label.parse(tally.benchmark).is_meant_by(wanted, tally.function or "")]
    of_benchmark = of_benchmark if gate.benchmark else [tally for tally in tallies if is_plain(tally.benchmark)]
    of_model = [tally for tally in of_benchmark if gate.model in (None, tally.model_name)]
    of_strategy = [tally for tally in of_model if gate.strategy in (None, tally.strategy)]
    concerned = [tally for tally in of_strategy if gate.prompt in (None, tally.prompt_name)]
    if not of_benchmark:
        return _absent(gate, "benchmark", [tally.benchmark for tally in tallies])
    if not of_model:
        return _absent(gate, "model", [tally.model_name for tally in of_benchmark])
    if not of_strategy:
        return _absent(gate, "strategy", [tally.strategy for tally in of_model])
    if not concerned:
        return _absent(gate, "prompt", [tally.prompt_name for tally in of_strategy if tally.prompt_name])
    return concerned


def _absent(gate: Gate, what: str, names: Sequence[str]) -> Decision:
    ran = ", ".join(sorted(set(names))) or "none"
    return Decision(False, f"gate {gate.name} {demand_text(gate)}: undecided, no such {what} ran (ran: {ran})")


def _decision(gate: Gate, tally: Tally) -> Decision:
    named = named_text(gate, tally)
    found = tally.accuracy
    kind = "gate by the interval" if gate.by_interval else "gate"
    if either_way := _either_way(gate, tally):
        passed, text = either_way
        return Decision(passed, f"{named}: {text}", tally.key, gate.least, kind)
    if (missing := undecided_text(tally)) or found.share is None or found.interval is None:
        return Decision(False, f"{named}: undecided, {missing}")
    reached = found.interval.low if gate.by_interval else found.share
    count = f"({found.correct} of {found.judged})"
    if passed := reached >= gate.least:
        text = f"{named}: passed with {beside(gate.least, reached)} {count}"
    else:
        text = f"{named}: missed with {beside(gate.least, reached)} {count}{_beyond_reach(gate, tally)}"
    return Decision(passed, text, tally.key, gate.least, kind)


def _either_way(gate: Gate, tally: Tally) -> tuple[bool, str] | None:
    """Whether a gate is passed and why, where only undecided cases are missing and it is the same whether they are right or wrong."""
    unclear = tally.counts.get(Verdict.UNDECIDED, 0)
    known = tally.judged + unclear
    if not unclear or known < tally.sample_size or tally.recalled == known or tally.items or tally.clusters:
        return None
    ends = [accuracy(tally.counts[Verdict.CORRECT] + more, known) for more in (0, unclear)]
    low, high = (end.interval.low if gate.by_interval and end.interval else end.share or 0.0 for end in ends)
    if (low >= gate.least) != (high >= gate.least):
        return None
    reached = f"{beside(gate.least, low)} to {beside(gate.least, high)}, whatever the {unclear} undecided of {known} cases are"
    return low >= gate.least, f"{'passed' if low >= gate.least else 'missed'} with {reached}"


def named_text(gate: Gate, tally: Tally) -> str:
    """What a gate demands, and of which tally."""
    what = ".".join(filter(None, (tally.benchmark, gate.score)))
    return f"gate {what} ({', '.join(tally.key.names[1:])}) {demand_text(gate)}"


def undecided_text(tally: Tally) -> str:
    """Why a tally decides no gate, in words; empty where it does."""
    if tally.recalled and tally.recalled == sum(tally.counts.values()):
        return f"none of its cases ran here; all {tally.recalled} verdicts are of earlier runs"
    return "" if tally.complete and tally.judged else coverage_text(tally)


def demand_text(gate: Gate) -> str:
    """What a gate demands, in words."""
    end, relation = ("upper end ", "<=") if gate.benchmark == KL else ("lower end ", ">=")
    return f"{end if gate.by_interval else ''}{relation} {_plainly(gate.least)}"


def coverage_text(tally: Tally) -> str:
    """What is missing of an incomplete sample, in words."""
    errors = tally.counts[Verdict.ERROR]
    spoiled = f", {errors} failed by an infrastructure error" if errors else ""
    skipped = f", {tally.skipped} skipped" if tally.skipped else ""
    unclear = tally.counts.get(Verdict.UNDECIDED, 0)
    spoiled += f", {unclear} undecided" if unclear else ""
    return f"only {tally.judged} of {tally.sample_size} cases are judged{spoiled}{skipped}"


def _beyond_reach(gate: Gate, tally: Tally) -> str:
    """The note on a demand that this many cases could not meet if all were correct."""
    items = len(tally.items) or tally.judged
    best = accuracy(items, items).interval
    if not gate.by_interval or best is None or best.low >= gate.least:
        return ""
    return f"; all {tally.judged} correct would give {beside(gate.least, best.low)}, so this gate needs a larger sample"


def beside(least: float, reached: float) -> str:
    """`reached` with three digits, or as many as it takes to stand on the right side of `least`."""
    texts = (f"{reached:.{digits}f}" for digits in range(3, 18))
    return next((text for text in texts if (float(text) >= least) == (reached >= least)), str(reached))


def _plainly(least: float) -> str:
    """0.8 as 0.80, and 0.805 as it is: a rounded demand would contradict its own decision."""
    return f"{least:.2f}" if round(least, 2) == least else str(least)
