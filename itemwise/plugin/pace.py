"""What a load and a case of each model take, as the workers of ``-n`` report it."""

from collections import Counter
from typing import Any

__all__ = ["LOADED", "Pace"]

LOADED = "itemwise_loaded"  # on the report of a test's setup: the seconds that its model took to load meanwhile


class Pace:
    """Seconds by model: of its loads, and of all else that its tests did."""

    def __init__(self) -> None:
        self._load: dict[str, float] = {}  # the shortest, as the first one in a process imports libraries too
        self._seconds: Counter[str] = Counter()
        self._cases: Counter[str] = Counter()

    def note(self, model: str, report: Any) -> None:
        """Note a report of a test that asks `model`; what comes before its first load is out of the store and tells no pace."""
        load: float = getattr(report, LOADED, 0.0)
        if load:
            self._load[model] = min(load, self._load.get(model, load))
        if model not in self._load:
            return
        self._seconds[model] += report.duration - load
        self._cases[model] += report.when == "teardown"

    def load_in_cases(self, model: str, alike: str) -> float:
        """How many cases one worker does in the time of a load of `model`. Where none of its cases is done yet it is taken to be as many as
        of the model `alike`, as both times grow with a model; 0.0 where nothing is known of that either."""
        known = next((name for name in (model, alike) if self._cases[name]), None)
        if known is None:
            return 0.0
        return self._load[known] * self._cases[known] / max(self._seconds[known], 1e-9)
