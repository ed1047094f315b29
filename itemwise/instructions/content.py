"""Parts that a reply is to have: placeholders, a postscript."""

import re

from itemwise.instructions.instruction import Arguments
from itemwise.instructions.relation import least
from itemwise.language import phrase

__all__ = ["number_placeholders", "postscript"]

_POSTSCRIPTS = {"P.P.S": re.compile(r"p\.\s?p\.\s?s"), "P.S.": re.compile(r"p\.\s?s\.")}  # a blank may part their letters


def number_placeholders(text: str, arguments: Arguments) -> str:
    """At least so many ``[placeholders]``, each on one line."""
    return least(len(re.findall(r"\[[^\n\[\]]*\]", text)), phrase("placeholders"), arguments, "num_placeholders")


def postscript(text: str, arguments: Arguments) -> str:
    """The mark of a postscript, anywhere."""
    mark = arguments["postscript_marker"].strip()
    found = re.search(_POSTSCRIPTS.get(mark) or re.escape(mark.lower()), text.lower())
    return "" if found else phrase("without {words}", words=mark)
