"""Threshold gate ``--fail-under``: whether an accuracy, or the lower end of its interval, reaches a minimum."""

from collections.abc import Iterable, Sequence

from itemwise.cases.reply import Verdict
from itemwise.gates.gate import KL, Decision, Gate, outcome_text, undecided
from itemwise.language import joined, phrase
from itemwise.results.labels import Label, is_plain
from itemwise.results.ledger import Tally
from itemwise.results.statistics import accuracy

__all__ = ["beside", "coverage_text", "decisions", "demand_on", "demand_text", "meant", "named_text", "undecided_text"]


def decisions(gates: Iterable[Gate], tallies: Sequence[Tally]) -> list[Decision]:
    """A decision for each gate and each tally it speaks of. A gate decides on full samples only: while cases are missing or failed by an
    infrastructure error it is undecided, which counts as not passed; so it is where cases that are undecided could turn it, and where
    nothing was answered."""
    return [decision for gate in gates for decision in _decided(gate, tallies)]


def _decided(gate: Gate, tallies: Sequence[Tally]) -> list[Decision]:
    concerned = meant(gate, tallies)
    if isinstance(concerned, Decision):
        return [concerned]
    answered = [tally for tally in concerned if tally.is_answered]
    if concerned and not answered:
        unanswered = "--strategy {strategy} scores texts that are given, which is no accuracy"
        return [undecided(demand_on(gate.name, gate), phrase(unanswered, strategy=concerned[0].strategy))]
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
    return undecided(demand_on(gate.name, gate), phrase("no such {what} ran (ran: {ran})", what=phrase(what), ran=ran))


def _decision(gate: Gate, tally: Tally) -> Decision:
    named = named_text(gate, tally)
    found = tally.accuracy
    kind = "gate by the interval" if gate.by_interval else "gate"
    if either_way := _either_way(gate, tally):
        passed, figures = either_way
        return Decision(passed, outcome_text(named, passed, figures), tally.key, gate.least, kind)
    if (missing := undecided_text(tally)) or found.share is None or found.interval is None:
        return undecided(named, missing)
    reached = found.interval.low if gate.by_interval else found.share
    passed = reached >= gate.least
    text = phrase("{share} ({n} of {all})", share=beside(gate.least, reached), n=found.correct, all=found.judged)
    beyond = "" if passed else _beyond_reach(gate, tally)
    return Decision(passed, outcome_text(named, passed, joined(filter(None, (text, beyond)), "; ")), tally.key, gate.least, kind)


def _either_way(gate: Gate, tally: Tally) -> tuple[bool, str] | None:
    """Whether a gate is passed and why, where only undecided cases are missing and it is the same whether they are right or wrong."""
    unclear = tally.counts.get(Verdict.UNDECIDED, 0)
    known = tally.judged + unclear
    if not tally.bounds or known < tally.sample_size or tally.recalled == known:
        return None
    low, high = (end.interval.low if gate.by_interval and end.interval else end.share or 0.0 for end in tally.bounds)
    if (low >= gate.least) != (high >= gate.least):
        return None
    return low >= gate.least, phrase(
        "{low} to {high}, whatever the {unclear} undecided of {n} {n:case is|cases are}",
        low=beside(gate.least, low),
        high=beside(gate.least, high),
        unclear=unclear,
        n=known,
    )


def named_text(gate: Gate, tally: Tally) -> str:
    """What a gate demands, and of which tally."""
    what = ".".join(filter(None, (tally.benchmark, gate.score)))
    return demand_on(phrase("{what} ({names})", what=what, names=", ".join(tally.key.names[1:])), gate)


def demand_on(what: str, gate: Gate) -> str:
    """What a gate demands of what, in words."""
    return phrase("gate {what} {demand}", what=what, demand=demand_text(gate))


def undecided_text(tally: Tally) -> str:
    """Why a tally decides no gate, in words; empty where it does."""
    if tally.recalled and tally.recalled == sum(tally.counts.values()):
        return phrase("none of its cases ran here; all {n} verdicts are of earlier runs", n=tally.recalled)
    return "" if tally.complete and tally.judged else coverage_text(tally)


def demand_text(gate: Gate) -> str:
    """What a gate demands, in words."""
    told = "upper end <= {limit}" if gate.benchmark == KL else "lower end >= {limit}"
    if not gate.by_interval:
        told = "<= {limit}" if gate.benchmark == KL else ">= {limit}"
    return phrase(told, limit=_plainly(gate.least))


def coverage_text(tally: Tally) -> str:
    """What is missing of an incomplete sample, in words."""
    errors, unclear = tally.counts[Verdict.ERROR], tally.counts.get(Verdict.UNDECIDED, 0)
    told = [phrase("only {n} of {all} {all:case|cases} {n:is|are} judged", n=tally.judged, all=tally.sample_size)]
    told += [phrase("{n} failed by an infrastructure error", n=errors)] if errors else []
    told += [phrase("{n} undecided", n=unclear)] if unclear else []
    told += [phrase("{n} skipped", n=tally.skipped)] if tally.skipped else []
    return joined(told)


def _beyond_reach(gate: Gate, tally: Tally) -> str:
    """The note on a demand that this many cases could not meet if all were correct."""
    items = len(tally.items) or tally.judged
    best = accuracy(items, items).interval
    if not gate.by_interval or best is None or best.low >= gate.least:
        return ""
    told = "all {n} correct would give {share}, so this gate needs a larger sample"
    return phrase(told, n=tally.judged, share=beside(gate.least, best.low))


def beside(least: float, reached: float) -> str:
    """`reached` with three digits, or as many as it takes to stand on the right side of `least`."""
    texts = (f"{reached:.{digits}f}" for digits in range(3, 18))
    return next((text for text in texts if (float(text) >= least) == (reached >= least)), str(reached))


def _plainly(least: float) -> str:
    """0.8 as 0.80, and 0.805 as it is: a rounded demand would contradict its own decision."""
    return f"{least:.2f}" if round(least, 2) == least else str(least)
