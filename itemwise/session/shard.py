"""Shards: a run dealt out to several machines, each case to one of them by a stable hash of its name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from itemwise.cases.controls import original_and_control
from itemwise.cases.variants import original_of
from itemwise.session.cli_and_pyproject import SettingsError

__all__ = ["Shard", "shard_of"]

_TEXT = re.compile(r"([1-9][0-9]*)/([1-9][0-9]*)")
_PLACES = (  # of "--shard auto": what runs the job, the variables of its place and of the number of jobs, the first place
    ("SLURM", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN"),
    ("Kubernetes", "JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", "0"),
    ("GitLab", "CI_NODE_INDEX", "CI_NODE_TOTAL", "1"),
    ("CircleCI", "CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", "0"),
    ("Buildkite", "BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", "0"),
)


@dataclass(frozen=True)
class Shard:
    """Part `number` (from 1) of the `count` that a run is cut into."""

    number: int
    count: int

    @property
    def text(self) -> str:
        """As ``--shard`` takes it."""
        return f"{self.number}/{self.count}"

    def holds(self, case: str) -> bool:
        """Whether the case of this name belongs here. Its variants and controls do too, whatever else is asked and in which order."""
        control = original_and_control(case)
        original = control[0] if control else case
        digest = hashlib.sha256((original_of(original) or original).encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") % self.count == self.number - 1


def shard_of(text: str, environment: Mapping[str, str]) -> Shard:
    """The shard that ``--shard`` names: ``2/4``, or ``auto`` for the place of this job as `environment` tells it.

    Raises SettingsError for what is none, and where nothing tells the place.
    """
    told = _told(environment) if text == "auto" else text
    match = _TEXT.fullmatch(told)
    if not match or int(match[1]) > int(match[2]):
        named = told if told == text else f"{text}, which is {told} here"
        raise SettingsError(f"--shard must be a part and how many there are, such as 2/4, or auto, got {named}.")
    return Shard(int(match[1]), int(match[2]))


def _told(environment: Mapping[str, str]) -> str:
    for _, place, count, first in _PLACES:
        if place in environment and count in environment:
            return f"{_number(environment, place) - _number(environment, first) + 1}/{_number(environment, count)}"
    known = "; ".join(f"{place} and {count} ({kind})" for kind, place, count, _ in _PLACES)
    raise SettingsError(f"--shard auto finds no variables that tell this job's place and how many there are: {known}. Give --shard 2/4.")


def _number(environment: Mapping[str, str], name: str) -> int:
    """The whole number of a variable; `name` itself where it is one."""
    text = name if name.isdecimal() else environment.get(name, "")
    if not text.isdecimal():
        raise SettingsError(f"--shard auto: {name} must be a whole number, got {text!r}. Give --shard 2/4.")
    return int(text)
