r"""Finds where a reply announces its answer: "the answer is", "Answer:", `\boxed{}`, `####`, 【答案】, "la respuesta es".

An announcement is only the offset and the words that follow; what they say is read by `number` and `choice`.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_MOST = 500  # announcements of one kind looked at, counted from the end of the reply
_LONGEST_TAG = 2000  # characters between <answer> and </answer>
_WINDOW = 400  # characters an announcement's words may take
_MIDDLE = r"(?:\s?\([^)\n]{0,40}\))?"
_COPULA = r"(?:is|are|was|equals|(?:would|should|must|will)\ be|comes\ (?:out\ )?to|becomes)"
_TELLS = r"\ (?:represents?|matches|means|has|have|shows|assumes|makes|corresponds|came|comes\ from)\b"  # of the answer, not what it is
_SPACE = r"(?:\s|\"{3}|`{3}[a-z]*(?=\n)|\$\$|\\\[|<<(?=[^=<>\n]{1,40}>>)|(?<=\n)-\ )*"
_AFTER_ANSWER = re.compile(
    rf"""(?:s|\(s\))?{_MIDDLE}[*_`]*
    (?: (?P<colon>(?:\ (?:to|for|of|in)\b[^.:\n?!]{{0,60}})?[*_`\]]*\ ?(?::|=>?|->|→|(?<=r)>)[*_]*)
      | (?P<copula>(?!{_TELLS})[,\ ](?:[^.:\n?!]{{0,60}}?\ )??{_COPULA}\b[*_]*(?:\ ?:)?)
      | (?P<heading>[*_`\]]*\ *\n)
    ){_SPACE}""",
    re.VERBOSE,
)
_AFTER_ANS = re.compile(rf"(?:\.?\ ?[:=]|\.(?=\s)|\ is\b)[*_]*{_SPACE}", re.VERBOSE)
_AFTER_CHINESE = re.compile(r"[^\n。,:]{0,12}?(?:应该?[是为]|就?[是为]|[:=\]])+[*_]*:?\s*")
_LATIN = r"es|est|ist|lautet|beträgt|è|é|sono|ni|är|er|adalah|ialah|là|to|jest|wynosi|este|je|on"
_AFTER_LATIN = re.compile(
    rf"[^\n.:=?!0-9]{{0,60}}?(?:(?<![^\W_])(?:{_LATIN})(?![^\W_])(?:\ ?:)?|[:=]|\ -(?=\ ))[*_]*\s*(?:de\ )?", re.VERBOSE
)
_AFTER_OTHER = re.compile(r"[^\n.:=?!。।0-9]{0,20}?(?:[:=]|は|은|는|คือ|হলো?|হচ্ছে|है|هي|هو|\ -(?=\ )|(?=\s[0-9$]))[*_:]*\s*")
_VALUE = re.compile(r"[(\[$\\]*(?:[0-9]|[a-z](?![a-z]))")
_AFTER_WORD = {"答案": _AFTER_CHINESE, "答:": _AFTER_CHINESE}
_LATIN_WORDS = ["respuesta", "réponse", "antwort", "risposta", "resposta", "antwoord", "svaret", "odpowied", "cevap", "vastaus", "jawaban"]
_OTHER_WORDS = ["ответ", "відповідь", "答え", "解答", "정답", "답은", "답:", "คำตอบ", "উত্তর", "సమాధానం", "జవాబు", "उत्तर", "الجواب", "الإجابة"]
_AFTER_WORD |= dict.fromkeys((*_LATIN_WORDS, "jibu", "đáp án"), _AFTER_LATIN) | dict.fromkeys(_OTHER_WORDS, _AFTER_OTHER)
_ASCII_WORDS = [word for word in _AFTER_WORD if word.isascii()]
DECIMAL_COMMA = frozenset((*_LATIN_WORDS, *_OTHER_WORDS[:2]))  # rules behind which 3,5 is three and a half
_RESULTS = ("final result", "end result")
_MARKS = ("answer", "box", "####", "a:", "ans", *_RESULTS, *_AFTER_WORD)
_ASCII_MARKS = [mark for mark in _MARKS if mark.isascii()]
_BOX_MARK, _BOX_END = "<|begin_of_box|>", "<|end_of_box|>"
_OF_ANOTHER = re.compile(
    r"\b(?:provided|previous|wrong|incorrect|initial|their|student'?s|if|whether|unless|suppose|no|which|possible|each|behind|not)"
    r"(?: the| your| that| my| this)?(?: \w+)? ?$"
)
_LINE_START = re.compile(r"[\s#*>_\-\d.]*(?:(?:the|my|so|our|and|your) )?(?:(?:final|correct|numerical|exact) )?$")


class Announcement(NamedTuple):
    """`rule` names the announcement; the words that follow it are text[start:end]."""

    rule: str
    at: int
    start: int
    end: int


def may_announce(lower: str, after: int) -> bool:
    """Whether anything from `after` on could be an announcement: a quick look that spares `announcements`."""
    behind = lower[after:]
    return any(mark in behind for mark in (_ASCII_MARKS if behind.isascii() else _MARKS))


def announcements(lower: str) -> list[Announcement]:
    """Every announcement in the folded lower-case text, in order."""
    unsorted = [*_boxes(lower), *_hashes(lower), *_sentences(lower), *_short(lower)]
    for word in _ASCII_WORDS if lower.isascii() else _AFTER_WORD:
        if word in lower:
            unsorted += _after_word(lower, word, _AFTER_WORD[word])
    return sorted(unsorted, key=lambda announcement: announcement.at)


def _offsets(text: str, mark: str) -> Iterator[int]:
    offset = text.rfind(mark)
    for _ in range(_MOST):
        if offset < 0:
            return
        yield offset
        offset = text.rfind(mark, 0, offset)


def _boxes(lower: str) -> Iterator[Announcement]:
    r"""`\boxed{5}`, `\fbox{5}`, `\boxed 5`; at the end of the reply also one that nothing closes."""
    for offset in _offsets(lower, "box"):
        command = lower[max(0, offset - 6) : offset].rpartition("\\")
        opening = offset + (5 if lower.startswith("boxed", offset) else 3)
        if command[1] and command[2] in ("", "f", "frame"):
            start, end = _box(lower, opening)
            if end:
                yield Announcement("boxed", offset - len(command[2]) - 1, start, end)
    for offset in _offsets(lower, _BOX_MARK):
        start = offset + len(_BOX_MARK)
        end = lower.find(_BOX_END, start, start + _WINDOW)
        yield Announcement("boxed", offset, start, end if end >= 0 else _line_end(lower, start))


def _box(lower: str, opening: int) -> tuple[int, int | None]:
    """Where the words in a box begin and end."""
    if lower[opening : opening + 1] == " " and lower[opening + 1 : opening + 2].isdigit():
        return opening + 1, next(end for end in range(opening + 1, len(lower) + 1) if not lower[end : end + 1].isdigit())
    end = closing_brace(lower, opening)
    if end is None and lower[opening : opening + 1] == "{" and 1 < len(lower) - opening < 40 and "\n" not in lower[opening:].strip():
        end = len(lower)
    return opening + 1, end


def closing_brace(text: str, opening: int) -> int | None:
    r"""Where the brace that opens here is closed, within the window; `\{` and `\}` are text."""
    if text[opening : opening + 1] != "{":
        return None
    depth = 0
    for offset in range(opening, min(len(text), opening + _WINDOW)):
        if text[offset] in "{}" and text[offset - 1] != "\\":
            depth += 1 if text[offset] == "{" else -1
            if depth == 0:
                return offset
    return None


def _hashes(lower: str) -> Iterator[Announcement]:
    for offset in _offsets(lower, "####"):
        start = offset + 4
        yield Announcement("####", offset, start, _line_end(lower, start))


def _short(lower: str) -> Iterator[Announcement]:
    """A line that begins with "A:", as fine-tuned models end; among options it is the first of them instead."""
    for offset in _offsets(lower, "a:"):
        if not lower[max(0, offset - 6) : offset].rpartition("\n")[2].strip(" *"):
            yield Announcement("a:", offset, offset + 2, _line_end(lower, offset + 2))


def _sentences(lower: str) -> Iterator[Announcement]:
    for word in ("answer", *_RESULTS):
        for offset in _offsets(lower, word):
            match = _AFTER_ANSWER.match(lower, offset + len(word), offset + len(word) + _WINDOW)
            tight = match and (word == "answer" or match.start("copula") < 0 or match.end("copula") - match.start() < 10)
            if match and tight and _is_own(lower, offset, heading=match["heading"] is not None):
                rule = "the answer is" if match["copula"] else "answer:"
                close = lower.find("</answer", match.end(), match.end() + _LONGEST_TAG) if lower.startswith("<answer>", offset - 1) else -1
                yield Announcement(rule, offset, match.end(), close if close >= 0 else _line_end(lower, match.end()))
    for offset in _offsets(lower, "ans"):
        match = _AFTER_ANS.match(lower, offset + 3, offset + _WINDOW)
        if match and not lower[offset - 1 : offset].isalnum():
            yield Announcement("answer:", offset, match.end(), _line_end(lower, match.end()))


def _after_word(lower: str, word: str, after: re.Pattern[str]) -> Iterator[Announcement]:
    """The word for "answer" in another language, with what its sentence says."""
    for offset in _offsets(lower, word):
        match = after.match(lower, offset + (len(word) if after is not _AFTER_CHINESE else 1), offset + _WINDOW)
        if match and not ("请" in lower[max(0, offset - 3) : offset] and not _VALUE.match(lower, match.end())):  # "请回答:" asks for one
            yield Announcement(word.strip(" :"), offset, match.end(), _line_end(lower, match.end()))


def _is_own(lower: str, offset: int, *, heading: bool) -> bool:
    """Whether the words announce the reply's own answer: not someone else's, not conditional, not mid-sentence."""
    line = lower[max(0, offset - 40) : offset].rpartition("\n")[2]
    if line.endswith("</"):
        return False
    return bool(_LINE_START.match(line)) if heading else not _OF_ANOTHER.search(line)


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start, start + _WINDOW)
    return end if end >= 0 else min(len(text), start + _WINDOW)
