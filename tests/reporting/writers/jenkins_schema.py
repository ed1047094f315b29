"""What Jenkins' xunit plugin takes as JUnit, as a table: the rules of its schema junit-10.xsd for the elements that it names.

Times are held to more than the schema asks, which lets them be empty or grouped by commas: seconds in decimals. The elements of Maven's
reruns (rerunFailure and others of its kind) are left out, so they count as unknown here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree

SECONDS = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True)
class Rule:
    """What one element must have, may have, and may hold."""

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    children: frozenset[str] = frozenset()
    text: bool = False
    seconds: bool = False


def _rule(required: str = "", optional: str = "", children: str = "", *, text: bool = False, seconds: bool = False) -> Rule:
    return Rule(frozenset(required.split()), frozenset(optional.split()), frozenset(children.split()), text, seconds)


RULES = {
    "testsuites": _rule("", "name time tests failures errors", "testsuite", seconds=True),
    "testsuite": _rule(
        "name tests failures errors",
        "group time skipped timestamp hostname id package file log url",
        "testsuite properties testcase system-out system-err",
        seconds=True,
    ),
    "properties": _rule(children="property"),
    "property": _rule("name value"),
    "testcase": _rule("name", "time classname group", "skipped error failure system-out system-err"),
    "failure": _rule("", "type message", text=True),
    "error": _rule("", "type message", text=True),
    "skipped": _rule("", "type message", text=True),
    "system-out": _rule(text=True),
    "system-err": _rule(text=True),
}


def violations(root: ElementTree.Element) -> list[str]:
    """Every rule that the document breaks, in words; none where Jenkins' xunit plugin would take it."""
    if root.tag not in RULES:
        return [f"<{root.tag}> is unknown"]
    return _broken(root)


def _broken(element: ElementTree.Element) -> list[str]:
    rule, names = RULES[element.tag], set(element.keys())
    found = [f"<{element.tag}> lacks {name}" for name in sorted(rule.required - names)]
    found += [f"<{element.tag}> has {name}" for name in sorted(names - rule.required - rule.optional)]
    if rule.seconds and not SECONDS.fullmatch(element.get("time", "0")):
        found.append(f"<{element.tag}> has the time {element.get('time')!r}")
    if not rule.text and "".join([element.text or "", *(child.tail or "" for child in element)]).strip():
        found.append(f"<{element.tag}> holds text")
    for child in element:
        if child.tag in rule.children:
            found += _broken(child)
        else:
            found.append(f"<{element.tag}> holds <{child.tag}>")
    return found
