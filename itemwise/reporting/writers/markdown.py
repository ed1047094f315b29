"""``summary.md``: the sections as Markdown, for pull requests and CI step summaries."""

import re
from collections.abc import Iterator, Sequence

from itemwise.language import Language
from itemwise.reporting.run_record import RunRecord
from itemwise.reporting.sections.section import Note, Section

__all__ = ["escaped", "section_lines", "summary_md"]

_MARKS = re.compile(r"[\\`*|~]|(?<=\])[(\[:]|:(?=//)|(?<=www)\.")  # of Markdown, and what makes a link of plain text
# what calls a person or an issue, and what makes an address
_CALLED = re.compile(r"(?<![A-Za-z0-9_])[@#](?=\w)|#(?=[0-9])|@(?=[\w-]+\.\w)|\b(?i:GH)-(?=[0-9])")
_GROUP = 200  # rows of a group, such as values of a tag, that the summary shows; a step summary of GitHub holds 1 MiB


def summary_md(run: RunRecord) -> str:
    """Each section under its title: the table, the lines that explain it, and the notes as a list."""
    lines: list[str] = []
    for section in run.told:
        shown = list(section_lines(section, run.language))
        if shown and section.title:
            lines += [*([""] if lines and lines[-1] else []), f"### {escaped(section.title)}", ""]
        lines += shown
    return "\n".join(lines).rstrip("\n") + "\n"


def section_lines(section: Section, say: Language) -> Iterator[str]:
    """The section's table, the lines that explain it, and its notes."""
    rows, folded = section.folded(_GROUP)
    if table := section.table(rows):
        yield from _table(table, section.words)
    if section.legend:
        yield from (*map(escaped, section.legend), "")
    yield from (f"- {escaped(say(line))}" for line in folded)
    yield from map(_item, section.notes)


def _item(note: Note) -> str:
    mark = "" if note.passed is None else "✅ " if note.passed else "❌ "
    name = f"**{escaped(note.name)}**: " if note.name else ""
    return f"- {mark}{name}{escaped(note.text.strip())}"


def _table(rows: Sequence[Sequence[str]], words: int) -> list[str]:
    head, *rest = rows
    return [_row(head), _row(["---"] * words + ["---:"] * (len(head) - words)), *map(_row, rest), ""]


def _row(texts: Sequence[str]) -> str:
    return "| " + " | ".join(map(escaped, texts)) + " |"


def escaped(text: str) -> str:
    """`text` as it stands, on one line: no table, HTML, emphasis, link, picture, mention or number of an issue comes of it."""
    plain = text.replace("\r", " ").replace("\n", " ").replace("&", "&amp;").replace("<", "&lt;")
    return _CALLED.sub("\\g<0>\u200b", _MARKS.sub(r"\\\g<0>", plain))
