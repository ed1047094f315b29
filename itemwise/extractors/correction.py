"""Finds where a reply takes its answer back: "Wait, no: it's *14*", "Correction: *C*", "Sorry, I forgot the tax."

A cue alone changes nothing. Its words must say that they are the answer ("it is", "the total should be", or the bare value),
or admit that the answer was wrong.
"""

import re
from collections.abc import Iterator

_MOST = 20  # cues looked at, counted from the end of the reply
_LONGEST = 200  # characters of a correction

_CUES = (
    r"(?:(?:wait|hold on|correction|corrected|no)(?=\s*[,.:;!?—–-]|\s(?:no|wait|actually|sorry|it|that|this|the|i)\b)|hmm+|actually|sorry"
    r"|apologies|i apologi[sz]e|oops|nope|scratch that|strike that|my (?:mistake|bad)|i meant?|(?:or )?rather(?! than))"
)
CUE = re.compile(rf"(?<![\w'])(?:(?<=[.,;:!?(\n—–-])|(?<=[.,;:!?(\n\"—–-][ *(])|(?=i mean|or rather)){_CUES}(?![\w'])|不对|更正|应该是")
_LEAD = re.compile(
    rf"(?:(?:[\s,.;!*_()]|[—–-](?=\s)|{_CUES}(?![\w'])|不对|更正|but\b)*"
    r"(?:(?:that|this|it)(?:'s| is| was) (?:wrong|incorrect|not (?:right|correct))\b)?)*(?P<colon>:\s*)?"
)
_SAYS = re.compile(
    r"(?:(?:so|then|thus|therefore),? )?(?:"
    r"(?:it|that|this|(?:the|my) (?:(?:correct|right|actual|real|true|new|final|corrected|total) ){0,2}"
    r"(?:answer|total|result|value|number|amount|sum|count|choice|option|solution|one)|[a-z](?= ?=))"
    r"(?: (?:actually|really|in fact))?\s?(?:'s|is|are|was|equals|comes to|makes|=|(?:should|must|would|has to|will)(?: \w+)? be)"
    r"(?: (?:actually|really|in fact|rather|just|simply))?"
    r"|make (?:that|it)|(?:i|it) should(?: have (?:said|been)| say| be)|we get|应该?是|答案?[是为])[\s:*]*"
)
_WORDS = re.compile(r"(?:[^.!?\n。]|\.(?=[0-9]))*")
_OTHERWISE = re.compile(r"(?<!rather )\bthan\b|\balso\b|^\s*(?:(?:not|i|we|you|he|she|they)\b|n't)")
_CONFIRMED = re.compile(r"\b(?:is|was) (?:the )?(?:correct|right|answer|best|true|final)\b")
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|do|does|did|can|could|will|would|should|must|may|might|of|for the|i|we|you|he|she|they)\b|n't\b"
)
_ADMITS = re.compile(
    rf"(?:^|[.!?\n(])[\s*_(\"]*(?:{_CUES}[\s,.:;!—–-]*|but )*"
    r"(?:(?:that|this|it|which)(?:'s| is| was) (?:wrong|incorrect|not (?:right|correct)|a mistake|an error)\b"
    r"|(?:that|this|it) (?:can't be|cannot be|isn't|doesn't (?:seem|look)) (?:right|correct)\b"
    r"|i(?:'ve| have)? (?:just )?(?:made|see) (?:a|an|my) (?:mistake|error|slip)\b"
    r"|i(?:'ve| have)? (?:forgot|forgotten|miscounted|miscalculated|misread|overlooked)\b"
    r"|(?:my|the) (?:previous|earlier|first) (?:answer|calculation|result) (?:was|is) (?:wrong|incorrect)\b)"
)


def corrections(lower: str, after: int) -> Iterator[tuple[int, int]]:
    """The spans of the words that correct the answer, from `after` on, the last first; an answer must open them."""
    for cue in reversed(list(CUE.finditer(lower, after))[-_MOST:]):
        lead = _LEAD.match(lower, cue.end(), cue.end() + _LONGEST)
        start = lead.end() if lead else cue.end()
        says = _SAYS.match(lower, start)
        words = _WORDS.match(lower, says.end() if says else start, start + _LONGEST)
        said = bool(says) or cue.group() == "应该是" or bool(lead and lead["colon"])
        if words and _is_statement(words.group(), said=said):
            yield words.span()


def _is_statement(words: str, *, said: bool) -> bool:
    """Whether words behind a cue give an answer: nothing compared or denied; bare ones hold no sentence of their own."""
    if _OTHERWISE.search(words):
        return False
    return said or not _VERB.search(words) or bool(_CONFIRMED.search(words))


def admission(lower: str, after: int) -> int | None:
    """Where, from `after` on, the reply says that what it answered is wrong: "Wait, I forgot the tax"; None where it does not."""
    admitted = _ADMITS.search(lower, after)
    return admitted.start() if admitted else None
