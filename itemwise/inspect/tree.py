"""The module tree of a model, consecutive layers of one shape folded into one branch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from torch import nn

__all__ = ["Branch", "tree_of"]


@dataclass(frozen=True)
class Branch:
    """A module, or `times` consecutive modules of one shape: ``layers.0-27`` is 28 times a Qwen2DecoderLayer.

    `parameters` are those of one of them; `shape` is empty for modules without weights of their own. All weights of a
    `shared` module are in an earlier branch too.
    """

    name: str
    kind: str
    times: int
    parameters: int
    shape: str
    shared: bool
    children: tuple[Branch, ...]


def tree_of(model: nn.Module) -> Branch:
    """The tree of `model`. Counts are of distinct weights: one that two modules share counts in each, and once in their parent."""
    return _branch("", [model], set())


def _branch(name: str, modules: list[nn.Module], seen: set[int]) -> Branch:
    first = modules[0]
    weights = list(first.parameters())
    shared = bool(weights) and all(id(weight) in seen for weight in weights)
    children = tuple(_children(first, seen))
    seen.update(id(weight) for module in modules for weight in module.parameters())
    count = sum(weight.numel() for weight in weights)
    return Branch(name, type(first).__name__, len(modules), count, _shape(first), shared, children)


def _children(module: nn.Module, seen: set[int]) -> Iterator[Branch]:
    """The branches of the children of `module`; a ModuleList has no branch of its own, its name goes to its children."""
    for name, child in module.named_children():
        if not isinstance(child, (nn.ModuleList, nn.Sequential)):
            yield _branch(name, [child], seen)
            continue
        for _, group in groupby(child.named_children(), key=lambda named: _signature(named[1])):
            numbers, modules = zip(*group, strict=True)
            span = numbers[0] if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}"
            yield _branch(f"{name}.{span}", list(modules), seen)


def _signature(module: nn.Module) -> tuple[Any, ...]:
    """Equal for modules of one class whose weights, those of their children too, have the same names and shapes."""
    shapes = tuple((name, tuple(weight.shape)) for name, weight in module.named_parameters(remove_duplicate=False))
    return type(module).__name__, shapes


def _shape(module: nn.Module) -> str:
    own = dict(module.named_parameters(recurse=False))
    bias = " + bias" if "bias" in own else ""
    if isinstance(module, nn.Linear):
        return f"{module.in_features} -> {module.out_features}{bias}"
    return ", ".join(" x ".join(map(str, weight.shape)) for name, weight in own.items() if name != "bias") + bias
