"""Parser from tokens to elements: operands with their units, operators, equals signs, and what lies between them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from itemwise.causes.arithmetic.arithmetic_tokens import OPERATORS, RAISED, TOKEN, VULGAR
from itemwise.causes.arithmetic.operand import LABELS, LONGEST, MOST_UNITS, Element, has_trailing_text, mixes_units, unit_alters_value

__all__ = ["parse_elements"]

_LONGEST_SOURCE = 200  # characters that the calculator takes
_LAST_UNITS = 4  # words kept of those behind the ones that name a unit
_GROUPING = re.compile(r"[^0-9.]")


def parse_elements(text: str) -> list[Element]:
    """The text as operands, operators, equals signs and what lies between them; brackets that calculate are one operand."""
    elements: list[Element] = []
    opened: list[int] = []
    for token in TOKEN.finditer(text):
        kind = token.lastgroup or "odd"
        if handler := _HANDLERS.get(kind):
            handler(elements, token)
        elif kind == "open":
            opened.append(len(elements))
            elements.append(Element("open", "(", *token.span()))
        elif kind == "close":
            _close(elements, opened, token)
    return elements


def _close(elements: list[Element], opened: list[int], token: re.Match[str]) -> None:
    """Replace what the bracket holds by one operand; a remark in brackets belongs to the number before it."""
    if not opened:
        elements.append(Element("stop", ")", *token.span()))
        return
    index = opened.pop()
    inside = elements[index + 1 :] if len(elements) - index <= LONGEST else []
    start, end = elements[index].start, token.end()
    words = next((count for count, element in enumerate(inside) if element.kind != "word"), len(inside))
    if inside and words == len(inside):
        del elements[index:]
        if not elements or elements[-1].kind != "operand":
            elements.append(Element("word", "", start, end))
    elif _is_calculation(inside[words:]):
        del elements[index:]
        source = f"({''.join(element.source for element in inside[words:])})"
        unclear = any(element.doubtful or unit_alters_value(element) or has_trailing_text(element) for element in inside)
        doubtful = words > 0 or unclear or mixes_units(inside)
        units = inside[-1].units if len(inside) == 1 else ()
        _add_operand(elements, Element("operand", source, start, end, units, doubtful=doubtful))
    else:
        elements.append(Element("odd", ")", *token.span()))


def _is_calculation(elements: Sequence[Element]) -> bool:
    """Whether these are operands with operators between them."""
    kinds = [element.kind for element in elements]
    return len(kinds) % 2 == 1 and set(kinds[::2]) == {"operand"} and set(kinds[1::2]) <= {"operator"}


def _add_operand(elements: list[Element], operand: Element) -> None:
    """Append the operand with the sign and the currency before it."""
    while elements and elements[-1].kind in ("sign", "money"):
        mark = elements.pop()
        sign = "-" if mark.source == "-" else ""
        operand = operand._replace(source=sign + operand.source, start=mark.start, money=operand.money or mark.kind == "money")
    if len(operand.source) > _LONGEST_SOURCE:
        operand = operand._replace(kind="odd", source="")
    if elements and elements[-1].kind == "word" and elements[-1].source.lower() in LABELS:
        operand = operand._replace(labelled=True)
    elements.append(operand)


def _number(elements: list[Element], token: re.Match[str]) -> None:
    written = token.group()
    source = written if written.isdigit() else VULGAR.get(written) or _GROUPING.sub("", written)
    _add_operand(elements, Element("operand", source, *token.span(), doubtful=token.lastgroup == "spaced"))


def _fraction(elements: list[Element], token: re.Match[str]) -> None:
    halves = [parse_elements(token[name]) for name in ("top", "bottom")]
    if all(map(_is_calculation, halves)):
        top, bottom = ("".join(element.source for element in half) for half in halves)
        doubtful = any(element.doubtful or unit_alters_value(element) for half in halves for element in half)
        _add_operand(elements, Element("operand", f"(({top})/({bottom}))", *token.span(), doubtful=doubtful))
    else:
        elements.append(Element("odd", "", *token.span()))


def _suffix(elements: list[Element], token: re.Match[str]) -> None:
    """A percent sign or a raised exponent behind a number."""
    if elements and elements[-1].kind == "operand" and not elements[-1].units:
        suffix = RAISED.get(token.group(), "%")
        elements[-1] = elements[-1]._replace(source=elements[-1].source + suffix, end=token.end())
    else:
        elements.append(Element("odd", "", *token.span()))


def _operator(elements: list[Element], token: re.Match[str]) -> None:
    written = token.group().lower().lstrip("\\")
    name = "div" if written.startswith("divided") else written.split()[-1]
    source = OPERATORS.get(name, name)
    text, before = token.string, elements[-1].kind if elements else "stop"
    spaced = text[token.end() : token.end() + 1] in (" ", "")
    if before == "stop" and spaced and source in ("-", "+", "*"):
        kind = "odd" if _is_unfinished(elements) else "stop"  # the line before goes on, or this is a bullet
        elements.append(Element(kind, source, *token.span()))
    elif before in ("stop", "operator", "open", "equals") and source in ("-", "+"):
        elements.append(Element("sign", source, *token.span()))
    else:
        elements.append(Element("operator", source, *token.span(), spaced=spaced))


def _is_unfinished(elements: list[Element]) -> bool:
    """Whether the line before ended in a number that no equals sign came to."""
    return len(elements) > 1 and elements[-2].kind == "operand" and (len(elements) < 3 or elements[-3].kind != "equals")


def _of(elements: list[Element], token: re.Match[str]) -> None:
    """A share of a number is a product; any other "of" is a word."""
    share = elements and elements[-1].kind == "operand" and (elements[-1].source.endswith(("%", ")")) or _ends_in_fraction(elements))
    if share and not elements[-1].units:
        elements.append(Element("operator", "*", *token.span()))
    else:
        _word(elements, token)


def _ends_in_fraction(elements: list[Element]) -> bool:
    return len(elements) > 2 and elements[-2].source == "/" and elements[-3].kind == "operand" and elements[-3].end == elements[-2].start


def _cross(elements: list[Element], token: re.Match[str]) -> None:
    """The letter x between numbers is a multiplication."""
    if elements and elements[-1].kind == "operand":
        elements.append(Element("operator", "*", *token.span()))
    else:
        _word(elements, token)


def _word(elements: list[Element], token: re.Match[str]) -> None:
    """Add the word to the units of the number before it, or append it where there is none."""
    source = "per" if token.lastgroup == "per" else token.group()
    if elements and elements[-1].kind == "operand":
        _add_units(elements, [source.lower()], token.start())
    else:
        elements.append(Element("word", source, *token.span()))


def _words(elements: list[Element], token: re.Match[str]) -> None:
    """What `_word` does of each, all at once."""
    words = token.group().split()
    if elements and elements[-1].kind == "operand":
        _add_units(elements, map(str.lower, words), token.start())
        return
    start = token.start()
    for word in words:
        end = start + len(word)
        elements.append(Element("word", word, start, end))
        start = end + 1


def _add_units(elements: list[Element], words: Iterable[str], start: int) -> None:
    """Add the words, which begin at `start`, to the units of the number before them."""
    number = elements[-1]
    glued = number.glued if number.units else start == number.end
    units = (*number.units, *words)
    elements[-1] = number._replace(units=units[:MOST_UNITS] + units[MOST_UNITS:][-_LAST_UNITS:], glued=glued)


def _stop(elements: list[Element], token: re.Match[str]) -> None:
    text = token.string
    between = token.group() == "," and text[token.start() - 1 : token.start()].isdigit() and text[token.end() : token.end() + 1].isdigit()
    elements.append(Element("odd" if between else "stop", token.group(), *token.span()))  # 1,5 may be a decimal


def _plain(kind: str, source: str = "") -> Callable[[list[Element], re.Match[str]], None]:
    return lambda elements, token: elements.append(Element(kind, source, *token.span()))


_HANDLERS: dict[str, Callable[[list[Element], re.Match[str]], None]] = {
    "per": _word,
    "stop": _stop,
    "equals": _plain("equals"),
    "clock": _plain("odd"),
    "odd": _plain("odd"),
    "money": _plain("money"),
    "power": _plain("operator", "**"),
    "modulo": _plain("operator", "%"),
    "number": _number,
    "spaced": _number,
    "fraction": _fraction,
    "raised": _suffix,
    "percent": _suffix,
    "operator": _operator,
    "cross": _cross,
    "of": _of,
    "word": _word,
    "words": _words,
}
