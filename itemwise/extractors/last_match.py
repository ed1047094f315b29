"""The last match of a pattern, found from the end of a text: most of a long reply need not be looked at."""

import re

__all__ = ["last_match"]


def last_match(pattern: re.Pattern[str], run: re.Pattern[str], text: str) -> str | None:
    """The last of all matches of `pattern`, which looks neither ahead nor behind; None where there is none. `run` matches as many
    characters as follow each other of those that a match of it may hold, and no others.

    >>> last_match(re.compile("[0-9]+-[0-9]"), re.compile("[-0-9]+"), "3-4-5-6, -7")
    '5-6'
    """
    size = len(text)
    for found in run.finditer(text[::-1]):
        matches = [match.group() for match in pattern.finditer(text, size - found.end(), size - found.start())]
        if matches:
            return matches[-1]
    return None
