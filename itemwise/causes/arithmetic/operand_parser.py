"""A text in parts: the operands, operators and equals signs that its tokens make, and what lies between them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from itemwise.causes.arithmetic.arithmetic_tokens import OPERATORS, RAISED, TOKEN, VULGAR
from itemwise.causes.arithmetic.operand import LABELS, LONGEST, MOST_UNITS, Part, has_no_unit, is_told, mixes_units

__all__ = ["parts_of"]

_LONGEST_SOURCE = 200  # characters that the calculator takes


def parts_of(text: str) -> list[Part]:
    """The text as operands, operators, equals signs and what lies between them; brackets that calculate are one operand."""
    parts: list[Part] = []
    opened: list[int] = []
    for token in TOKEN.finditer(text):
        if token.lastgroup == "open":
            opened.append(len(parts))
            parts.append(Part("open", "(", *token.span()))
        elif token.lastgroup == "close":
            _close(parts, opened, token)
        else:
            _ADDERS[token.lastgroup or "odd"](parts, token)
    return parts


def _close(parts: list[Part], opened: list[int], token: re.Match[str]) -> None:
    """Put one operand for what the bracket holds; a remark in brackets belongs to the number before it."""
    if not opened:
        parts.append(Part("stop", ")", *token.span()))
        return
    place = opened.pop()
    inside = parts[place + 1 :] if len(parts) - place <= LONGEST else []
    start, end = parts[place].start, token.end()
    words = next((count for count, part in enumerate(inside) if part.kind != "word"), len(inside))
    if inside and words == len(inside):
        del parts[place:]
        _add_unit(parts, Part("remark", "", start, end))
    elif _alternate(inside[words:]):
        del parts[place:]
        source = f"({''.join(part.source for part in inside[words:])})"
        unclear = any(part.doubtful or has_no_unit(part) or is_told(part) for part in inside)
        doubtful = words > 0 or unclear or mixes_units(inside)
        units = inside[-1].units if len(inside) == 1 else ()
        _add_operand(parts, Part("operand", source, start, end, units, doubtful=doubtful))
    else:
        parts.append(Part("odd", ")", *token.span()))


def _alternate(parts: Sequence[Part]) -> bool:
    """Whether these are operands with operators between them."""
    return len(parts) % 2 == 1 and all(part.kind == ("operator" if place % 2 else "operand") for place, part in enumerate(parts))


def _add_operand(parts: list[Part], operand: Part) -> None:
    """Append the operand with the sign and the currency before it."""
    while parts and parts[-1].kind in ("sign", "money"):
        mark = parts.pop()
        sign = "-" if mark.source == "-" else ""
        operand = operand._replace(source=sign + operand.source, start=mark.start, money=operand.money or mark.kind == "money")
    if len(operand.source) > _LONGEST_SOURCE:
        operand = operand._replace(kind="odd", source="")
    if parts and parts[-1].kind == "word" and parts[-1].source.lower() in LABELS:
        operand = operand._replace(labelled=True)
    parts.append(operand)


def _add_unit(parts: list[Part], word: Part) -> None:
    """Hang the word on the number before it, or append it where there is none."""
    if not parts or parts[-1].kind != "operand":
        parts.append(word._replace(kind="word"))
        return
    if word.kind == "remark":
        return
    number = parts[-1]
    glued = number.glued if number.units else word.start == number.end
    parts[-1] = number._replace(units=(*number.units[:MOST_UNITS], *number.units[MOST_UNITS:][-3:], word.source.lower()), glued=glued)


def _number(parts: list[Part], token: re.Match[str]) -> None:
    written = token.group()
    source = VULGAR.get(written) or re.sub(r"[^0-9.]", "", written)
    _add_operand(parts, Part("operand", source, *token.span(), doubtful=token.lastgroup == "spaced"))


def _fraction(parts: list[Part], token: re.Match[str]) -> None:
    halves = [parts_of(token[name]) for name in ("top", "bottom")]
    if all(map(_alternate, halves)):
        top, bottom = ("".join(part.source for part in half) for half in halves)
        doubtful = any(part.doubtful or has_no_unit(part) for half in halves for part in half)
        _add_operand(parts, Part("operand", f"(({top})/({bottom}))", *token.span(), doubtful=doubtful))
    else:
        parts.append(Part("odd", "", *token.span()))


def _suffix(parts: list[Part], token: re.Match[str]) -> None:
    """A percent sign or a raised exponent behind a number."""
    if parts and parts[-1].kind == "operand" and not parts[-1].units:
        suffix = RAISED.get(token.group(), "%")
        parts[-1] = parts[-1]._replace(source=parts[-1].source + suffix, end=token.end())
    else:
        parts.append(Part("odd", "", *token.span()))


def _operator(parts: list[Part], token: re.Match[str]) -> None:
    written = token.group().lower().lstrip("\\")
    name = "div" if written.startswith("divided") else written.split()[-1]
    source = OPERATORS.get(name, name)
    text, before = token.string, parts[-1].kind if parts else "stop"
    spaced = text[token.end() : token.end() + 1] in (" ", "")
    if before == "stop" and spaced and source in ("-", "+", "*"):
        parts.append(Part("odd" if _is_unfinished(parts) else "stop", source, *token.span()))  # a bullet, or the line before goes on
    elif before in ("stop", "operator", "open", "equals") and source in ("-", "+"):
        parts.append(Part("sign", source, *token.span()))
    else:
        parts.append(Part("operator", source, *token.span(), spaced=spaced))


def _is_unfinished(parts: list[Part]) -> bool:
    """Whether the line before ended in a number that no equals sign came to."""
    return len(parts) > 1 and parts[-2].kind == "operand" and (len(parts) < 3 or parts[-3].kind != "equals")


def _of(parts: list[Part], token: re.Match[str]) -> None:
    """A share of a number is a product; any other "of" is a word."""
    share = parts and parts[-1].kind == "operand" and (parts[-1].source.endswith(("%", ")")) or _ends_in_fraction(parts))
    if share and not parts[-1].units:
        parts.append(Part("operator", "*", *token.span()))
    else:
        _word(parts, token)


def _ends_in_fraction(parts: list[Part]) -> bool:
    return len(parts) > 2 and parts[-2].source == "/" and parts[-3].kind == "operand" and parts[-3].end == parts[-2].start


def _cross(parts: list[Part], token: re.Match[str]) -> None:
    """The letter x between numbers is a multiplication."""
    if parts and parts[-1].kind == "operand":
        parts.append(Part("operator", "*", *token.span()))
    else:
        _word(parts, token)


def _word(parts: list[Part], token: re.Match[str]) -> None:
    _add_unit(parts, Part("word", token.group(), *token.span()))


def _per(parts: list[Part], token: re.Match[str]) -> None:
    _add_unit(parts, Part("word", "per", *token.span()))


def _stop(parts: list[Part], token: re.Match[str]) -> None:
    text = token.string
    between = token.group() == "," and text[token.start() - 1 : token.start()].isdigit() and text[token.end() : token.end() + 1].isdigit()
    parts.append(Part("odd" if between else "stop", token.group(), *token.span()))  # 1,5 may be a decimal


def _plain(kind: str, source: str = "") -> Callable[[list[Part], re.Match[str]], None]:
    return lambda parts, token: parts.append(Part(kind, source, *token.span()))


def _skip(parts: list[Part], token: re.Match[str]) -> None:
    """White space and emphasis."""


_ADDERS: dict[str, Callable[[list[Part], re.Match[str]], None]] = {
    "space": _skip,
    "emphasis": _skip,
    "per": _per,
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
}
