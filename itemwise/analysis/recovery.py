"""Recovery: how much of its base's accuracy a quantised or fine-tuned model keeps, on the same items and over several benchmarks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from itemwise.analysis.like_with_like import LOADED, WORDINGS
from itemwise.analysis.pairs import Measurement, Pair, measurement
from itemwise.analysis.ratio_interval import mean_ratio_interval, ratio_interval
from itemwise.results.entry import Entry
from itemwise.results.labels import is_plain
from itemwise.results.ledger import Tally
from itemwise.results.statistics import Accuracy, Interval

__all__ = ["ModelRecovery", "Recovery", "grouped", "is_of_models", "recoveries"]

_VARIED = ("quantisation", "dtype", "adapter")  # of a model's record: what may differ from its base
_SAME = ("location", "revision", "system", *(name for name in LOADED if name not in _VARIED))


@dataclass(frozen=True)
class Recovery:
    """One benchmark under a model beside its base, which is the first side of the `pair`. Cases with an error on either side are left
    out."""

    pair: Pair

    @cached_property
    def accuracies(self) -> tuple[Accuracy, Accuracy]:
        """The base's accuracy and the model's, on the cases that both were judged on."""
        judged = self.pair.judged
        sides = (replace(side, entries={case: side.entries[case] for case in judged}) for side in (self.pair.first, self.pair.second))
        base, model = (side.accuracy for side in sides)
        return base, model

    @property
    def ratio(self) -> float | None:
        """The model's accuracy over its base's; None where the base is never right, or nothing was judged."""
        base, model = (accuracy.share for accuracy in self.accuracies)
        return None if not base or model is None else model / base

    @cached_property
    def interval(self) -> Interval | None:
        """The ratio's 95 % interval; None where there is no ratio, or its base too near to 0 for a bound."""
        if self.ratio is None:
            return None
        return ratio_interval(*([side.share(case) for case in self.pair.judged] for side in (self.pair.first, self.pair.second)))


@dataclass(frozen=True)
class ModelRecovery:
    """A model beside its base under one strategy and prompt, on every benchmark that both were asked."""

    recoveries: Sequence[Recovery]

    @property
    def tally(self) -> Tally:
        """The model on the first benchmark."""
        return self.recoveries[0].pair.second.tally

    @property
    def base(self) -> Tally:
        """Its base there."""
        return self.recoveries[0].pair.first.tally

    @property
    def label(self) -> str:
        """The label of the model, or its labels where each benchmark has its own."""
        return ", ".join(dict.fromkeys(recovery.pair.second.label for recovery in self.recoveries))

    @property
    def base_label(self) -> str:
        """The label of its base."""
        return ", ".join(dict.fromkeys(recovery.pair.first.label for recovery in self.recoveries))

    @property
    def ratio(self) -> float | None:
        """The mean of the benchmarks' ratios; None where one has none."""
        ratios = [recovery.ratio for recovery in self.recoveries if recovery.ratio is not None]
        return sum(ratios) / len(ratios) if len(ratios) == len(self.recoveries) else None

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of that mean; None where a benchmark has none."""
        known = [(each.ratio, each.interval) for each in self.recoveries if each.ratio is not None and each.interval is not None]
        if len(known) < len(self.recoveries):
            return None
        return known[0][1] if len(known) == 1 else mean_ratio_interval(*zip(*known, strict=True))


def recoveries(tallies: Sequence[Tally], entries: Sequence[Entry], base: str | None = None) -> list[ModelRecovery]:
    """Each model beside its base, under each strategy and prompt that both were asked in.

    The base of all is the model called `base`. Without one, of models with the same weights, system prompt, thinking, decoding and token
    limit, which differ in quantisation, compute type or adapter, it is the first that is neither quantised nor adapted; else the first
    that is not adapted; else the first. Other models are not compared, and variants, controls and texts that were scored are left out.
    """
    plain = [tally for tally in tallies if tally.judged and tally.is_answered and is_plain(tally.benchmark)]
    of_tally = {tally.key: [entry for entry in entries if tally.counts_entry(entry)] for tally in plain}
    models = {key.model: counted[0].model for key, counted in of_tally.items()}
    bases = dict.fromkeys(models, base) if base else _bases(models)
    sides = {tally.key: measurement(tally.model_name, "", tally, of_tally[tally.key]) for tally in plain}
    pairs = []
    for key, side in sides.items():
        base_key = key._replace(model=bases.get(key.model) or key.model)
        if base_key != key and base_key in sides and (pair := _same_cases(sides[base_key], side)):
            pairs.append(pair)
    return grouped(pairs)


def grouped(pairs: Iterable[Pair]) -> list[ModelRecovery]:
    """The pairs of a base and a model, those that differ in the benchmark alone together."""
    groups: dict[tuple[str, ...], list[Recovery]] = {}
    for pair in pairs:
        names = (*pair.first.tally.key[1:], *pair.second.tally.key[1:], pair.first.run, pair.second.run)
        groups.setdefault(names, []).append(Recovery(pair))
    return [ModelRecovery(group) for group in groups.values()]


def is_of_models(pair: Pair) -> bool:
    """Whether the two sides are of two runs, differ in the model, and were asked by the same strategy, which has
    them answer, in the same wording."""
    first, second = pair.first, pair.second
    wording = all(first.rows.get(name, none) == second.rows.get(name, none) for names in WORDINGS.values() for name, none in names.items())
    is_apart = first.run != second.run and first.model != second.model and first.tally.is_answered
    return is_apart and first.tally.strategy == second.tally.strategy and wording


def _bases(models: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The base of each model that has one, by the rule of `recoveries`."""
    groups: dict[tuple[str | None, ...], list[str]] = {}
    for name, record in models.items():
        groups.setdefault(tuple(record.get(setting) for setting in _SAME), []).append(name)
    return {name: base for group in groups.values() if len(group) > 1 for base in [_base(group, models)] for name in group if name != base}


def _base(names: Sequence[str], models: Mapping[str, Mapping[str, str]]) -> str:
    plain = [name for name in names if "adapter" not in models[name]] or names
    return next((name for name in plain if models[name].get("quantisation", "").startswith("none")), plain[0])


def _same_cases(base: Measurement, side: Measurement) -> Pair | None:
    """The two on the cases that both hold with one expected answer; None without any."""
    both = [case for case, entry in base.entries.items() if case in side.entries and side.entries[case].expected == entry.expected]
    if not both:
        return None
    return Pair(*(replace(each, entries={case: each.entries[case] for case in both}) for each in (base, side)))
