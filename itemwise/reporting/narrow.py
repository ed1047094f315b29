"""Tables and sentences in the width of a terminal: broken between words and columns, never within a figure."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from itemwise.language import ENGLISH, Language
from itemwise.reporting.table import GAP, aligned, padded, text_width

__all__ = ["fitted", "wrapped"]

_INDENT = "  "  # of what goes on from the line above
_NOTHING = {"0", "-"}  # a column of these tells the same in a line
_WIDE = "\u2e80-\uffef"
_CLOSING = "、。，．：；？！”’）》」"  # noqa: RUF001 - these are the characters meant
_PIECE = re.compile(rf"\s*(?:[{_WIDE}]|[^\s{_WIDE}]+)[{_CLOSING}]*\s*")  # what no line is broken within
_ROOMS = (40, 12, 1)  # characters of a line of a heading: whole, in a few lines, in as many as it has words


@dataclass(frozen=True)
class _Column:
    """A heading in one line or several, the cells below it, and on which side they stand."""

    heading: Sequence[str]
    cells: Sequence[str]
    is_left: bool

    @property
    def width(self) -> int:
        return max(map(text_width, (*self.heading, *self.cells)))

    def lines(self, height: int) -> list[str]:
        """The column as text, its heading in the lowest of `height` lines."""
        texts = [*[""] * (height - len(self.heading)), *self.heading, *self.cells]
        return [padded(text, self.width, self.is_left) for text in texts]


def wrapped(text: str, width: int) -> list[str]:
    """A sentence in lines of at most `width` characters, 0 for any width; a word that is longer stays whole."""
    if not width or text_width(text) <= width:
        return [text]
    indent = text[: len(text) - len(text.lstrip())] + _INDENT
    if text_width(text) > len(text):
        return _wrapped_wide(text, width, indent)
    return textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _wrapped_wide(text: str, width: int, indent: str) -> list[str]:
    """The same of a text with Chinese characters, which may be broken after each of these but before no closing mark."""
    lines = [""]
    for piece in _PIECE.findall(text):
        if lines[-1].strip() and text_width(lines[-1] + piece.rstrip()) > width:
            lines[-1] = lines[-1].rstrip()
            lines.append(indent + piece.lstrip())
        else:
            lines[-1] += piece
    return lines


def fitted(rows: Sequence[Sequence[str]], words: int, width: int, say: Language = ENGLISH) -> list[str]:
    """As `aligned`, in lines of at most `width` characters, 0 for any width.

    Where rows are longer, words that all share and figures that are all nothing are told in a sentence below, and headings are broken.
    So are other figures that all share where that spares a line; where none of it is enough, each row goes on in indented lines.
    """
    lines = aligned(rows, words)
    if not width or all(text_width(line) <= width for line in lines):
        return lines
    columns = [_Column([heading], cells, index < words) for index, (heading, *cells) in enumerate(zip(*rows, strict=True))]
    folded, told = min((_without(is_told, columns, width) for is_told in (_tells_little, _is_same)), key=lambda made: len(made[0]))
    return [*_text(folded), *(wrapped(say("in every row: {cells}", cells=", ".join(told)), width) if told else [])]


def _without(is_told: Callable[[_Column], bool], columns: Sequence[_Column], width: int) -> tuple[list[list[_Column]], list[str]]:
    """The columns in each line of a row, in the fewest lines that there may be, without those that `is_told`; and what these tell."""
    left = [column for column in columns if not is_told(column)]
    if not left:  # rows that are all alike are shown nonetheless
        return [*_folded([_broken(column, 1) for column in columns], width)], []
    folded = min(([*_folded([_broken(column, room) for column in left], width)] for room in _ROOMS), key=len)
    return folded, [f"{column.heading[0]} {column.cells[0]}" for column in columns if is_told(column)]


def _tells_little(column: _Column) -> bool:
    """Whether it holds a word that several rows share, or figures that are all nothing."""
    return _is_same(column) and (column.is_left or column.cells[0] in _NOTHING)


def _is_same(column: _Column) -> bool:
    return len(set(column.cells)) == 1 and (len(column.cells) > 1 or column.cells[0] in _NOTHING)


def _broken(column: _Column, room: int) -> _Column:
    """The column with its heading in lines of so many characters, or as many as its longest word or the cells below it have."""
    parted = column.heading[0].replace("/", "/ ")
    room = max(room, *map(text_width, (*parted.split(), *column.cells)))
    lines = [line.replace("/ ", "/") for line in textwrap.wrap(parted, room, break_on_hyphens=False)]
    return replace(column, heading=lines or [""])


def _folded(columns: Sequence[_Column], width: int) -> Iterator[list[_Column]]:
    """The columns that stand in each line of a row: as many as `width` holds."""
    line, room = list[_Column](), width
    for column in columns:
        if line and column.width > room:
            yield line
            line, room = [], width - len(_INDENT)
        line.append(column)
        room -= column.width + len(GAP)
    yield line


def _text(folded: Sequence[Sequence[_Column]]) -> list[str]:
    """All rows, each in as many lines as there are groups of columns, without empty ones at its end, the headings first."""
    blocks = [_block(columns, _INDENT if number else "") for number, columns in enumerate(folded)]
    headings = [line for heading, _ in blocks for line in heading]
    rows = zip(*(body for _, body in blocks), strict=True)
    return [*headings, *(line for row in rows for number, line in enumerate(row) if not number or any(row[number:]))]


def _block(columns: Sequence[_Column], indent: str) -> tuple[list[str], list[str]]:
    """The lines of the headings of some columns, and those below them."""
    height = max(len(column.heading) for column in columns)
    lines = [f"{indent}{GAP.join(cells)}".rstrip() for cells in zip(*(column.lines(height) for column in columns), strict=True)]
    return lines[:height], lines[height:]
