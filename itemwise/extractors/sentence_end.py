"""Whether a reply is whole or was cut off in the middle of a sentence."""

import re

_RESULT = re.compile(r"\b(?:equals|is|are|was|get|gives|total of) [\\$€£]{0,2}[0-9][0-9.,]*%?$")
_DANGLING = re.compile(r"\b(?:is|are|the|of|and|to|a|an|in|for|with|by|that|then|so|we|or|as|be|which|if|than)$", re.IGNORECASE)


def is_finished(prose: str) -> bool:
    """Whether the last line ends as a sentence, or is short enough to be one value; not cut off in mid-sentence."""
    line = prose[prose.rfind("\n") + 1 :][-400:].rstrip("*_`\"')]}$ ")
    if _DANGLING.search(line):
        return False
    if line.endswith((".", "!", "?", "。", "|")) or "=" in line[-60:] or "≈" in line[-60:]:
        return not line.endswith(("...", "=", "+"))
    return bool(_RESULT.search(line)) or (len(line.split()) <= 8 and not line.endswith((",", ":", "+", "-", "*", "/", "=")))
