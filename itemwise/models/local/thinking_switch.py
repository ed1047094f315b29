"""Finds the variable by which a chat template is told to think or not, and the thought that a prompt leaves open."""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from itemwise.extractors.plain_characters import folded
from itemwise.extractors.reply_marks import FAMILIES, THOUGHT
from itemwise.models.local.template_renderer import TemplateError
from itemwise.models.thinking_choice import SWITCH_NAMES

__all__ = ["ThinkingSwitch", "find_switch", "opened_thought"]

Render = Callable[[Mapping[str, Any]], str]  # a chat with these variables, up to where a reply begins

_NAME = re.compile(r"(?:enable|use|with|is|add|do)?_?(?:think|thinking|thoughts?|reasoning)_?(?:enabled|mode)?", re.ASCII)
_PRINTED = "itemwise0thinkingmark"
_LONGEST_MARK = 80  # characters
_OPENED = re.compile(
    rf"(?:{'|'.join(family.opens for name, family in FAMILIES.items() if family.kind == THOUGHT and name != 'harmony, bare')})\s*\Z"
)


@dataclass(frozen=True)
class ThinkingSwitch:
    """The `variable` of a template that is true or false, and its `default`: ``on`` or ``off`` where a chat without it is rendered as
    with one of them, else ``neither``."""

    variable: str
    default: str

    def set_to(self, thinking: str) -> dict[str, bool]:
        """The variables of a chat with thinking ``on`` or ``off``."""
        return {self.variable: thinking == "on"}


def find_switch(variables: Iterable[str], render: Render) -> ThinkingSwitch | None:
    """The first of `variables` that is called like a switch and changes what is rendered; None where there is none.

    A variable whose value is printed is none (``reasoning_effort``), nor one that only earlier turns depend on.
    """
    named = [name for name in variables if _NAME.fullmatch(name)]
    for name in sorted(named, key=lambda name: (name not in SWITCH_NAMES, name)):
        with suppress(TemplateError):  # it is given what it cannot take
            on, off = (render({name: value}) for value in (True, False))
            if on != off and _PRINTED not in render({name: _PRINTED}):
                return ThinkingSwitch(name, {on: "on", off: "off"}.get(render({}), "neither"))
    return None


def opened_thought(prompt: str) -> str:
    """The mark that opens a thought at the very end of a prompt, so that the reply begins inside it; empty where there is none."""
    tail = prompt[-_LONGEST_MARK:]
    found = _OPENED.search(folded(tail).lower())
    return tail[found.start() :] if found else ""
