"""Validates gates before a run: one that no selected test can decide, such as a misspelt benchmark, is refused."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from itemwise.cases.variants import RENUMBERED
from itemwise.gates.gate import Gate
from itemwise.results.labels import Label, measurement_names, split_node_id
from itemwise.session.settings import Settings

__all__ = ["absent_gates"]


def absent_gates(gates: Iterable[Gate], node_ids: Sequence[str], settings: Settings) -> list[str]:
    """What is wrong with each gate that no test of `node_ids` can decide, in words that name what there is.

    Node ids tell a benchmark's file, model, strategy and parameters; what else they tell is not refused.
    """
    return [text for gate in gates if (text := _absence(gate, node_ids, settings))]


def _absence(gate: Gate, node_ids: Sequence[str], settings: Settings) -> str:
    if gate.is_of_base:
        return _without_base(gate, settings)
    if gate.score and not gate.benchmark:  # only its tests know which scores they record
        return _without_model(gate, [entry.name for entry in settings.all_models])
    wanted = Label.parse(gate.benchmark)
    names = measurement_names(tuple(split_node_id(node_id)[0] for node_id in node_ids))
    plain = replace(wanted, parameters="", rest="")
    borne = [node_id for node_id in node_ids if Label.parse(names[(function := split_node_id(node_id)[0])]).is_meant_by(plain, function)]
    borne = [node_id for node_id in borne if not wanted.parameters or node_id.endswith(f"-{wanted.parameters[1:]}")]
    suffixes = ["", *([f"-{RENUMBERED}"] if settings.source.variants else []), *(f"-{control}" for control in settings.controls)]
    made = f"-{settings.source.text.replace(':', '-')}" if settings.source.kind == "synthetic" else ""
    endings = [ending for ending in (*suffixes, *(made + suffix for suffix in suffixes)) if wanted.rest.endswith(ending)]
    if not borne or not any(_is_config(wanted.rest.removesuffix(ending), plain.name, borne) for ending in endings):
        known = sorted({name + suffix for name in names.values() for suffix in suffixes})
        return _refusal(gate, f"no selected benchmark is called {gate.benchmark!r}", known)
    ways = [(node_id, pair) for node_id in borne if (pair := _model_and_strategy(node_id, settings))]
    asked = {pair for _, pair in ways}
    if asked and gate.model and gate.model not in {model for model, _ in asked}:
        return _refusal(gate, f"{gate.benchmark} asks no model called {gate.model!r}", sorted({model for model, _ in asked}))
    if asked and gate.strategy and gate.strategy not in {strategy for model, strategy in asked if gate.model in (None, model)}:
        return _refusal(gate, f"{gate.benchmark} is not asked by {gate.strategy!r}", sorted({strategy for _, strategy in asked}))
    if gate.prompt and not any(f"[{model}-{strategy}-{gate.prompt}-" in node_id for node_id, (model, strategy) in ways):
        return f"--fail-under {gate.text}: {gate.benchmark} is not asked with {gate.prompt!r} among other prompts; name them with --prompt."
    return ""


def _is_config(rest: str, name: str, node_ids: Sequence[str]) -> bool:
    """Whether what follows a benchmark's name in a label is nothing, or the configuration of some of its cases, who are called so."""
    return not rest or any(f"-{name}{rest}-" in node_id for node_id in node_ids)


def _without_base(gate: Gate, settings: Settings) -> str:
    """What keeps a gate on recovery or KL from being decided; empty where nothing does that is known before."""
    names = [entry.name for entry in settings.models]
    if len(names) == 1:
        return f"--fail-under {gate.text}: {gate.benchmark} is of a model and its base; ask both, such as --quant none --quant nf4."
    return _without_model(gate, names)


def _without_model(gate: Gate, names: Sequence[str]) -> str:
    """What is wrong with a gate that names no benchmark, and a model that is none of these."""
    if not gate.model or gate.model in names:
        return ""
    return _refusal(gate, f"no model that is asked is called {gate.model!r}", sorted(names))


def _refusal(gate: Gate, what: str, known: Sequence[str]) -> str:
    return f"--fail-under {gate.text}: {what}; there is {', '.join(known) or 'no benchmark at all'}."


def _model_and_strategy(node_id: str, settings: Settings) -> tuple[str, str] | None:
    parameters = split_node_id(node_id)[1]
    pairs = ((entry.name, chosen.name) for entry in settings.all_models for chosen in settings.strategies)
    return next((pair for pair in pairs if parameters.startswith("-".join([*pair, ""]))), None)
