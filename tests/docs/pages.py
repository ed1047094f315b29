"""What the pages of the documentation hold: commands, code, files, options and links."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGES = [*sorted(ROOT.glob("README*.md")), *sorted((ROOT / "docs").glob("*.md"))]
PROGRAMS = ("pytest", "python", "make", "pip", "hf", "vllm", "ray", "ssh", "tar", "export", "mkdir", "cp", "tensorboard")
SHELL = ("sh", "bash", "console", "shell")

_FENCE = re.compile(r"^(`{3,})(\S*)$")
_INLINE = re.compile(r"(?<!`)`((?:\w+=\S+ )*(?:pytest\s|python\s-m\s(?:itemwise|tools)[\s.])[^`]+)`(?!`)")
_VARIABLE = re.compile(r"[A-Z_]+=\S*")
_FILE = re.compile(r"`([\w./-]+\.\w+)`[^`:]*:$")  # the words before a block that is this file


@dataclass(frozen=True)
class Command:
    """A command of a page: its `variables`, and its `words`, the first of them the program."""

    text: str
    page: str
    variables: dict[str, str]
    words: tuple[str, ...]

    @property
    def program(self) -> str:
        return " ".join(self.words[:3]).partition(".")[0] if self.words[:2] == ("python", "-m") else self.words[0]


@dataclass(frozen=True)
class Block:
    """A fenced block in a language, and the file it is where the words before it say so."""

    page: str
    line: int
    language: str
    text: str
    file: str | None


def blocks(page: Path) -> Iterator[Block]:
    lines, number = page.read_text(encoding="utf-8").splitlines(), 0
    while number < len(lines):
        if opened := _FENCE.match(lines[number]):
            end = lines.index(opened[1], number + 1)
            before = " ".join(lines[max(0, number - 3) : number]).strip()
            named = _FILE.search(before)
            yield Block(page.name, number + 1, opened[2], "\n".join(lines[number + 1 : end]) + "\n", named[1] if named else None)
            number = end
        number += 1


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    kept, fence = [], None
    for line in page.read_text(encoding="utf-8").splitlines():
        if fence is None and (opened := _FENCE.match(line)):
            fence = opened[1]
        elif fence is None:
            kept.append(line)
        elif line == fence:
            fence = None
    return "\n".join(kept) + "\n"


def commands(page: Path) -> Iterator[Command]:
    """Every command of a page: the lines of shell blocks, indented lines that begin with a program, and inline ones."""
    for block in blocks(page):
        if block.language in SHELL:
            yield from (_command(line.removeprefix("$ "), page) for line in _joined(block.text) if line.strip() and line[0] != "#")
    for line in _joined(prose(page)):
        if line.startswith("    ") and _program(line) in PROGRAMS:
            yield _command(line, page)
    for found in _INLINE.finditer(prose(page)):
        yield _command(" ".join(found[1].split()), page)


def all_commands() -> list[Command]:
    """The commands of all pages, each once, in the order in which they stand there."""
    found: dict[str, Command] = {}
    for page in PAGES:
        for command in commands(page):
            found.setdefault(command.text, command)
    return list(found.values())


def links(page: Path) -> Iterator[str]:
    """Where the page's links and pictures lead, those to other sites left out."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if "://" not in target:
            yield target


def anchors(page: Path) -> set[str]:
    """The names under which a page's headings can be linked to."""
    headings = re.findall(r"^#+ (.+)$", prose(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _joined(text: str) -> list[str]:
    return re.sub(r"\\\n\s*", "", text).splitlines()


def _program(line: str) -> str:
    return next((word for word in line.split() if not _VARIABLE.fullmatch(word)), "")


def _command(line: str, page: Path) -> Command:
    text = re.sub(r"\s+#\s.*$", "", line).strip()
    words = shlex.split(text)
    first = next(place for place, word in enumerate(words) if not _VARIABLE.fullmatch(word))
    return Command(text, page.name, dict(word.split("=", 1) for word in words[:first]), tuple(words[first:]))
