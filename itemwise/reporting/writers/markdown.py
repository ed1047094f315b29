"""``summary.md``: the sections as Markdown, for pull requests and CI step summaries."""

import re
from collections.abc import Iterator, Sequence

from itemwise.reporting.run_record import RunRecord
from itemwise.reporting.sections.section import Note, Section

__all__ = ["summary_md"]

_MARKS = re.compile(r"[\\`*|~]|(?<=\])[(\[:]|:(?=//)|(?<=\bwww)\.")  # of Markdown, and what makes a link of plain text
_CALLED = re.compile(r"(?<![\w/])[@#](?=\w)")  # what calls a person or an issue, whatever stands around it
_GROUP = 200  # rows of a group, such as values of a tag, that the summary shows; a step summary of GitHub holds 1 MiB


def summary_md(run: RunRecord) -> str:
    """Each section under its title: the table, the lines that explain it, and the notes as a list."""
    lines: list[str] = []
    for section in run.sections:
        shown = list(_lines(section))
        if shown and section.title:
            lines += [*([""] if lines and lines[-1] else []), f"### {_escaped(section.title)}", ""]
        lines += shown
    return "\n".join(lines).rstrip("\n") + "\n"


def _lines(section: Section) -> Iterator[str]:
    rows, folded = section.folded(_GROUP)
    if table := section.table(rows):
        yield from _table(table, section.words)
    if section.legend:
        yield from (*map(_escaped, section.legend), "")
    yield from (f"- {_escaped(line)}" for line in folded)
    yield from map(_item, section.notes)


def _item(note: Note) -> str:
    mark = "" if note.passed is None else "✅ " if note.passed else "❌ "
    name = f"**{_escaped(note.name)}**: " if note.name else ""
    return f"- {mark}{name}{_escaped(note.text.strip())}"


def _table(rows: Sequence[Sequence[str]], words: int) -> list[str]:
    head, *rest = rows
    return [_row(head), _row(["---"] * words + ["---:"] * (len(head) - words)), *map(_row, rest), ""]


def _row(texts: Sequence[str]) -> str:
    return "| " + " | ".join(map(_escaped, texts)) + " |"


def _escaped(text: str) -> str:
    """`text` as it stands, on one line: no table, HTML, emphasis, link, picture, mention or number of an issue comes of it."""
    plain = text.replace("\r", " ").replace("\n", " ").replace("&", "&amp;").replace("<", "&lt;")
    return _CALLED.sub("\\g<0>\u200b", _MARKS.sub(r"\\\g<0>", plain))
