"""Whether a run's accuracy is what was demanded of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from itemwise.cases.case import Verdict
from itemwise.cases.variants import RENUMBERED
from itemwise.results.labels import Label, measurement_names, split_node_id
from itemwise.results.ledger import Tally
from itemwise.results.statistics import accuracy
from itemwise.session.settings import Gate, Settings

__all__ = ["Decision", "absent_gates", "coverage_text", "decisions"]


@dataclass(frozen=True)
class Decision:
    """What became of a gate: `passed`, and the words that say why."""

    passed: bool
    text: str


def decisions(gates: Iterable[Gate], tallies: Sequence[Tally]) -> list[Decision]:
    """A decision for each gate and each tally it speaks of. A gate decides on full samples only: while cases are
    missing or failed by an error of ours it is undecided, which counts as not passed."""
    return [decision for gate in gates for decision in _decided(gate, tallies)]


def _decided(gate: Gate, tallies: Sequence[Tally]) -> list[Decision]:
    wanted = Label.parse(gate.benchmark)
    of_benchmark = [tally for tally in tallies if Label.parse(tally.benchmark).is_meant_by(wanted, tally.function or "")]
    of_model = [tally for tally in of_benchmark if gate.model in (None, tally.model_name)]
    concerned = [tally for tally in of_model if gate.strategy in (None, tally.strategy)]
    if not of_benchmark:
        return [_absent(gate, "benchmark", [tally.benchmark for tally in tallies])]
    if not of_model:
        return [_absent(gate, "model", [tally.model_name for tally in of_benchmark])]
    if not concerned:
        return [_absent(gate, "strategy", [tally.strategy for tally in of_model])]
    return [_decision(gate, tally) for tally in concerned]


def _absent(gate: Gate, what: str, names: Sequence[str]) -> Decision:
    ran = ", ".join(sorted(set(names))) or "none"
    return Decision(False, f"gate {gate.name} {_demand(gate)}: undecided, no such {what} ran (ran: {ran})")


def _decision(gate: Gate, tally: Tally) -> Decision:
    named = f"gate {tally.benchmark} ({tally.model_name}, {tally.strategy}) {_demand(gate)}"
    found = tally.accuracy
    if tally.recalled and tally.recalled == sum(tally.counts.values()):
        return Decision(False, f"{named}: undecided, none of its cases ran here; all {tally.recalled} verdicts are of earlier runs")
    if found.share is None or found.interval is None or not tally.complete:
        return Decision(False, f"{named}: undecided, {coverage_text(tally)}")
    reached = found.interval.low if gate.by_interval else found.share
    count = f"({found.correct} of {found.judged})"
    if reached >= gate.least:
        return Decision(True, f"{named}: passed with {_beside(gate.least, reached)} {count}")
    return Decision(False, f"{named}: missed with {_beside(gate.least, reached)} {count}{_beyond_reach(gate, tally)}")


def _demand(gate: Gate) -> str:
    return f"lower end >= {_plainly(gate.least)}" if gate.by_interval else f">= {_plainly(gate.least)}"


def coverage_text(tally: Tally) -> str:
    """What is missing of an incomplete sample, in words."""
    errors = tally.counts[Verdict.ERROR]
    spoiled = f", {errors} failed by an error of ours" if errors else ""
    skipped = f", {tally.skipped} skipped" if tally.skipped else ""
    return f"only {tally.judged} of {tally.sample_size} cases are judged{spoiled}{skipped}"


def absent_gates(gates: Iterable[Gate], node_ids: Sequence[str], settings: Settings) -> list[str]:
    """What is wrong with each gate that no test of `node_ids` can decide, in words that name what there is.

    Node ids tell a benchmark's file, model, strategy and parameters; what else they tell is not refused.
    """
    return [text for gate in gates if (text := _absence(gate, node_ids, settings))]


def _absence(gate: Gate, node_ids: Sequence[str], settings: Settings) -> str:
    wanted = Label.parse(gate.benchmark)
    names = measurement_names([split_node_id(node_id)[0] for node_id in node_ids])
    plain = replace(wanted, parameters="", rest="")
    borne = [node_id for node_id in node_ids if Label.parse(names[(function := split_node_id(node_id)[0])]).is_meant_by(plain, function)]
    borne = [node_id for node_id in borne if not wanted.parameters or node_id.endswith(f"-{wanted.parameters[1:]}")]
    variants = ["", *([f"-{RENUMBERED}"] if settings.source.twins else []), *(f"-{control}" for control in settings.controls)]
    made = f"-{settings.source.text.replace(':', '-')}" if settings.source.kind == "synthetic" else ""
    if not borne or wanted.rest not in (*variants, *(made + variant for variant in variants)):
        known = sorted({name + variant for name in names.values() for variant in variants})
        return _refusal(gate, f"no selected benchmark is called {gate.benchmark!r}", known)
    asked = {pair for node_id in borne if (pair := _model_and_strategy(node_id, settings))}
    if asked and gate.model and gate.model not in {model for model, _ in asked}:
        return _refusal(gate, f"{gate.benchmark} asks no model called {gate.model!r}", sorted({model for model, _ in asked}))
    if asked and gate.strategy and gate.strategy not in {strategy for model, strategy in asked if gate.model in (None, model)}:
        return _refusal(gate, f"{gate.benchmark} is not asked by {gate.strategy!r}", sorted({strategy for _, strategy in asked}))
    return ""


def _refusal(gate: Gate, what: str, known: Sequence[str]) -> str:
    return f"--fail-under {gate.text}: {what}; there is {', '.join(known) or 'no benchmark at all'}."


def _model_and_strategy(node_id: str, settings: Settings) -> tuple[str, str] | None:
    parameters = split_node_id(node_id)[1]
    pairs = ((entry.name, chosen.name) for entry in settings.all_models for chosen in settings.strategies)
    return next((pair for pair in pairs if parameters.startswith("-".join([*pair, ""]))), None)


def _beyond_reach(gate: Gate, tally: Tally) -> str:
    """The note on a demand that this many cases could not meet if all were correct."""
    best = accuracy(tally.judged, tally.judged).interval
    if not gate.by_interval or best is None or best.low >= gate.least:
        return ""
    return f"; all {tally.judged} correct would give {_beside(gate.least, best.low)}, so this gate needs a larger sample"


def _beside(least: float, reached: float) -> str:
    """`reached` with three digits, or as many as it takes to stand on the right side of `least`."""
    texts = (f"{reached:.{digits}f}" for digits in range(3, 18))
    return next((text for text in texts if (float(text) >= least) == (reached >= least)), str(reached))


def _plainly(least: float) -> str:
    """0.8 as 0.80, and 0.805 as it is: a rounded demand would contradict its own decision."""
    return f"{least:.2f}" if round(least, 2) == least else str(least)
