"""Instruction: one thing that a prompt asks of the form of a reply, such as at least 300 words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Arguments", "Instruction"]

Arguments = Mapping[str, Any]


@dataclass(frozen=True)
class Instruction:
    """An instruction by its id in the dataset (``length_constraints:number_words``), with its arguments.

    >>> print(Instruction("punctuation:no_comma", {}), Instruction("length_constraints:number_words", {"num_words": 9}), sep=" / ")
    punctuation:no_comma / length_constraints:number_words {"num_words": 9}
    """

    id: str
    arguments: Arguments

    def __str__(self) -> str:
        """The instruction on one line, as `parse` reads it."""
        return f"{self.id} {json.dumps(self.arguments, ensure_ascii=False, sort_keys=True)}" if self.arguments else self.id

    @classmethod
    def parse(cls, line: str) -> Instruction:
        """The instruction that a line spells. Raises ValueError for arguments that are no JSON."""
        name, _, arguments = line.partition(" ")
        return cls(name, json.loads(arguments) if arguments else {})
