"""How a reply is to be laid out: bullets, highlights, sections, a title, JSON, one of three answers."""

import json
import re

from itemwise.instructions.instruction import Arguments
from itemwise.instructions.relation import least
from itemwise.language import phrase

__all__ = ["constrained_response", "json_format", "multiple_sections", "number_bullet_lists", "number_highlighted_sections", "title"]

_STAR = re.compile(r"^[^\S\n]*\*[^*].*$", re.MULTILINE)
_DASH = re.compile(r"^[^\S\n]*-", re.MULTILINE)
_ANSWERS = ("My answer is yes.", "My answer is no.", "My answer is maybe.")
_FENCES = ("```json", "```Json", "```JSON", "```")


def number_bullet_lists(text: str, arguments: Arguments) -> str:
    """Exactly so many lines that begin with ``*`` or ``-``."""
    found = len(_STAR.findall(text)) + len(_DASH.findall(text))
    return (
        "" if found == arguments["num_bullets"] else phrase("{found} bullets, not {wanted}", found=found, wanted=arguments["num_bullets"])
    )


def constrained_response(text: str, arguments: Arguments) -> str:  # noqa: ARG001 - the answers are the same for all
    """One of the three answers, word for word."""
    return "" if any(answer in text for answer in _ANSWERS) else phrase("none of {words}", words=", ".join(map(repr, _ANSWERS)))


def number_highlighted_sections(text: str, arguments: Arguments) -> str:
    """At least so many highlights, ``*one*`` or ``**one**``, each on one line."""
    single = [part for part in re.findall(r"\*[^\n*]*\*", text) if part.strip("*").strip()]
    double = [part for part in re.findall(r"\*\*[^\n*]*\*\*", text) if part.strip("*").strip()]
    return least(len(single) + len(double), phrase("highlights"), arguments, "num_highlights")


def multiple_sections(text: str, arguments: Arguments) -> str:
    """At least so many numbered marks, such as ``Section 1``."""
    mark = arguments["section_spliter"].strip()
    return least(
        len(re.findall(rf"{re.escape(mark)}\s?\d+", text)), phrase("marks {words} and a number", words=mark), arguments, "num_sections"
    )


def json_format(text: str, arguments: Arguments) -> str:  # noqa: ARG001 - there are none
    """JSON alone, in a fence or not."""
    inner = text.strip()
    for fence in _FENCES:
        inner = inner.removeprefix(fence)
    try:
        json.loads(inner.removesuffix("```").strip())
    except (ValueError, RecursionError) as error:
        return phrase("no JSON: {words}", words=error)
    return ""


def title(text: str, arguments: Arguments) -> str:  # noqa: ARG001 - there are none
    """A ``<<title>>`` on one line that is not blank."""
    return "" if any(_is_titled(line) for line in text.split("\n")) else phrase("without <<a title>>")


def _is_titled(line: str) -> bool:
    start, end = line.find("<<"), line.rfind(">>")
    return 0 <= start < end - 2 and bool(line[start : end + 2].lstrip("<").rstrip(">").strip())
