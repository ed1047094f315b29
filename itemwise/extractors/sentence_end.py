r"""Whether a reply is whole or was cut off: in a sentence, an equation, a list, `\(`, brackets or quotes, or in a loop."""

import re

_TAIL = 1200  # characters from the end that are looked at
_SAMPLE = 24  # characters in which a loop is recognised
_PERIOD = 300  # the longest piece of a loop
_REPEATS = 4
_ROUNDS = 3  # lines that begin alike
_OPENING = 8  # characters in which they do
_SHORTEST = 60  # characters of a loop; a number may have thirty zeros

_RESULT = re.compile(r"\b(?:equals|is|are|was|get|gets|gives|total of|to|of|has|have|had|costs?|pays?|needs?) [\\$€£]{0,2}[0-9][0-9.,]*%?$")
_DANGLING = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|the|of|and|to|a|an|in|on|at|for|from|with|by|that|then|so|we|or|as|which|if|than|when|while|where"
    r"|because|since|but|per|into|each|every|its?|his|her|their|our|this|these|those|let|not|will|can|would|should|must|therefore|thus|hence"
    r"|need|get|gets|find|means|equals|minus|plus|times|divided|multiply|multiplied|subtract|adding|add|respectively,)$",
    re.IGNORECASE,
)
_TAGS = re.compile(r"(?:\s{0,9}</?[a-z]\w{0,20} ?>){1,9}\s{0,9}$", re.IGNORECASE)
_OPERATOR = re.compile(r"\s[-+*/×÷=<>≈^](?:\s?\$)?$|\\[a-z]{1,20}$", re.IGNORECASE)
_OPENERS = (("\\(", "\\)"), ("\\[", "\\]"), ("\\begin{", "\\end{"), ("<<", ">>"))
_BRACKETS = ("()", "{}", "[]")
_OPEN_DOLLAR = re.compile(r"(?<![\\0-9])(?<![0-9] )\$(?!\s?-?\.?[0-9][^$\\^]*$)(?:[^$\\]|\\.)*$")
_BEGUN = re.compile(
    r"\s*(?:[-+*•>]|(?:\*\*)?\(?[0-9]{1,2}[.):]|#+ ?(?:\**step [0-9]+)?[^0-9=]*|(?:\*\*)?step [0-9]+\b[^:=]*:?)[\s*_]*$", re.IGNORECASE
)
_ROW = re.compile(r"\s*\|.*[^|\s]\s*$")
_FULL_STOP = re.compile(r"[.!?。](?=\s)(?<!vs\.)(?<!rs\.)")
_VALUE = re.compile(r"[=≈:→]\s*[^=≈:]*[0-9a-z][^=≈:]*$", re.IGNORECASE)
_LEADS_ON = re.compile(
    r"[\s*_#>]*(?:so|thus|therefore|hence|then|now|next|first|second|third|finally|since|if|when|let|to|we|the|after|because|this|that|step|given"
    r"|using|for|in|from|substituting|dividing|subtracting|adding|multiplying)\b",
    re.IGNORECASE,
)
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_LONGEST_VALUE = 16  # Chinese or Japanese characters of a value without a full stop
_NUMBER = re.compile(
    r"[0-9½¼¾]|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty|hundred|thousand|half)\b",
    re.IGNORECASE,
)
_STOP = re.compile(r"(?<=[a-z0-9)%])[.!?](?=\s)(?<!\n[0-9]\.)(?<!\n[0-9][0-9]\.)(?<!vs\.)(?<!rs\.)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE_WORDS = 4  # a line with so many is a sentence
_ENDS_ON_VALUE = re.compile(r"(?:[=≈:→]|\b(?:is|are|was|equals|to|of)) ?[\\$€£]{0,2}-?[0-9][0-9.,/]*\s?%?$", re.IGNORECASE)
_LAST_WORD = re.compile(r"(?<![\w\\])[a-z]{2,12}$")
_SAID = re.compile(r"[=≈:]|\b(?:is|are|was|were|has|have|had|will|can|gets?|needs?|costs?|pays?|makes?|left|total)\b", re.IGNORECASE)


def is_finished(prose: str) -> bool:
    """Whether the last line ends as a sentence, or is short enough to be one value; not cut off in mid-sentence."""
    tail = _TAGS.sub("", prose[-_TAIL:]).rstrip()
    line = tail[tail.rfind("\n") + 1 :]
    if _is_open(tail, line) or _loops(tail):
        return False
    if _OPERATOR.search(line) or line.endswith("\\"):
        return False
    end = line.rstrip("*_`\"')]}$\\ ")
    if _DANGLING.search(end) or end.endswith(("...", "…", "=", "≈", "+", "-", "*", "/", "×", "÷", "^", "<", ",", ":", ";", "&", "、", "(")):
        return False
    if end.endswith((".", "!", "?", "。", "|")):
        return True
    if _is_repeated_opening(tail, line):
        return False
    if line.endswith(("$", "\\)", "\\]", "**")):
        return _is_value(end)
    return _is_value(end) and not _breaks_style(end, tail[: len(tail) - len(line)]) and not _is_part_of_word(tail)


def _is_value(line: str) -> bool:
    """Whether a line without a full stop gives a value all the same: "x = 7", "Total: 30", "18 apples"."""
    stop = max((stop.end() for stop in _FULL_STOP.finditer(line, 4)), default=0)
    last = line[stop:]
    if _VALUE.search(last[-60:]) or _RESULT.search(last[-60:]):
        return True
    if len(last.split()) > 8 or len(_IDEOGRAPH.findall(last)) > _LONGEST_VALUE or (stop and not _SAID.search(last)):
        return False
    return bool(_NUMBER.search(last)) or not _LEADS_ON.match(last)


def _breaks_style(line: str, before: str) -> bool:
    """Whether the line is a sentence that lacks the full stop which the sentences before it have."""
    if not _STOP.search(before + line):
        return False
    last = line[max((stop.end() for stop in _STOP.finditer(line)), default=0) :]
    return len(_WORD.findall(last)) >= _SENTENCE_WORDS and not _ENDS_ON_VALUE.search(last)


def _is_part_of_word(tail: str) -> bool:
    """Whether the text ends with the beginning of a word that it has used: "30 minu" after "minutes"."""
    last = _LAST_WORD.search(tail)
    if last is None:
        return False
    whole, longer = rf"\b{last.group()}\b", rf"\b{last.group()}[a-z]{{2,}}"
    return bool(re.search(longer, tail)) and len(re.findall(whole, tail)) == 1


def _is_repeated_opening(tail: str, line: str) -> bool:
    """Whether the line only begins as the lines before it do: one more round of a listing, cut off."""
    lines = [other for other in tail.split("\n")[-_ROUNDS - 1 : -1] if other.startswith(line[:_OPENING])]
    return len(line) >= _OPENING and len(lines) == _ROUNDS and len(line) < min(map(len, lines)) / 2


def _is_open(tail: str, line: str) -> bool:
    """Whether something that was opened near the end is not closed: a bracket, a formula, a list item, a row."""
    if any(tail.rfind(opener) > tail.rfind(closer) for opener, closer in _OPENERS):
        return True
    if any(line.rfind(pair[0]) > line.rfind(pair[1]) for pair in _BRACKETS):
        return True
    if line.replace("\\$", "").count("$") % 2 and _OPEN_DOLLAR.search(line):
        return True
    return bool(_ROW.match(line) or (line != tail and _BEGUN.match(line)))


def _loops(tail: str) -> bool:
    """Whether the text ends with one piece over and over."""
    sample = tail[-_SAMPLE:]
    before = tail.rfind(sample, 0, -1)
    period = len(tail) - _SAMPLE - before
    if before < 0 or period > _PERIOD or not any(map(str.isalnum, sample)):
        return False
    repeated = tail[-max(_SHORTEST, period * _REPEATS) :]
    return len(repeated) >= _SHORTEST and repeated[period:] == repeated[:-period]
