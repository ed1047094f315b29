"""The groups of tests that wait for a worker of ``-n``, apart for each model that they ask."""

from collections import OrderedDict
from collections.abc import Callable, Mapping

__all__ = ["GroupQueue"]

Unit = dict[str, bool]  # the tests of a group, and whether they are done


class GroupQueue:
    """Groups by their name, in order. `model_of` tells the model that a test asks, "" of an ordinary one.

    Groups that are asked again stand apart, before all others: only workers that were told of them know what belongs to one.
    """

    def __init__(self, model_of: Callable[[str], str]) -> None:
        self._model_of = model_of
        self._units: dict[str, OrderedDict[str, Unit]] = {}  # by model
        self._again: OrderedDict[str, Unit] = OrderedDict()

    def __len__(self) -> int:
        return len(self._again) + sum(map(len, self._units.values()))

    def __setitem__(self, group: str, unit: Unit) -> None:
        """Have a group wait behind those of its model."""
        self._units.setdefault(self._asked(unit), OrderedDict())[group] = unit

    def put_again(self, group: str, unit: Unit) -> None:
        """Have a group that is asked again wait before the others."""
        self._again[group] = unit
        self._again.move_to_end(group, last=False)

    def pop(self, group: str) -> Unit:
        """Take a group out."""
        return self._among(group).pop(group)

    def model(self, group: str) -> str:
        """The model that a group asks."""
        return self._asked(self._among(group)[group])

    @property
    def models(self) -> list[str]:
        """The models that have groups."""
        return [model for model, units in self._units.items() if model and units]

    def first(self, model: str) -> str | None:
        """The first group of a model."""
        return next(iter(self._units.get(model, ())), None)

    def first_again(self, known: Mapping[str, str], model: str) -> str | None:
        """The first group that is asked again and that a worker who was told what is `known` can take, of `model` where there is one."""
        own = [group for group, unit in self._again.items() if known.get(next(iter(unit))) == group]
        return next((group for group in own if self.model(group) == model), next(iter(own), None))

    def cases(self, model: str) -> int:
        """How many cases of a model wait."""
        return sum(map(len, self._units.get(model, {}).values()))

    def size(self, model: str) -> int:
        """How many cases the first group of a model has."""
        return len(next(iter(self._units[model].values())))

    def _among(self, group: str) -> OrderedDict[str, Unit]:
        """The groups among which one is."""
        return next(units for units in (self._again, *self._units.values()) if group in units)

    def _asked(self, unit: Unit) -> str:
        return self._model_of(next(iter(unit)))
