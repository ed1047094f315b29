"""Cuts a reply into its parts: thoughts, speech, tool calls and their results, headers and ends of messages."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from itemwise.extractors.plain_characters import folded
from itemwise.extractors.reply_marks import END, FAMILIES, FRAME, HEADER, RESULT, THOUGHT, WORDS, Marks

SPEECH, UNCLOSED, PROMPT = "speech", "unclosed thought", "what was asked"

_SPEAKER = re.compile(
    r"(?P<assistant>assistant|model|chatbot|/inst)|(?P<asks>user|human|system|developer|\[inst)|tool|ipython|observation|function"
)
_MENTIONED = re.compile(r"(?:[`'\"]\s?|\s)(?:tags?|blocks?|tokens?|elements?)\b")  # not "mark": Mark has 5 apples
_BLANK = re.compile(r"\s*")
_OPENS_FENCE = re.compile(r"\s*```\w{0,20}\s*")
_JSON = re.compile(r"\s{0,20}(?:[\w.]{1,64}\s?(?:\[args\])?)?\s{0,20}(?=\[\s{0,9}[\[{\"]|\{)")
_JSON_MARKS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)
_LAST_LINE = re.compile(
    r"[ \t*#>_-]*(?:(?:so|thus|therefore|hence),? )?(?:(?:the|my) )?"
    r"(?:final answer\b|(?:correct )?answer[*_ ]*:|####|最终答案|答案|\\boxed\{[^\n]*\}[.$ ]*$"
    r"|answer is[: \\($]{0,8}\\boxed\{[^\n{}]{1,40}(?:\}[\\)$. ]*)?$)"
)
_LONGEST_LINE = 400
_MOST_CALLS = 64  # side by side
_MOST_MARKS = 2000  # of one reply: a longer one is a model caught in a loop, whose rest is hidden


class Part(NamedTuple):
    """A part of a reply, reply[start:end], marks included."""

    kind: str
    start: int
    end: int


def reply_parts(text: str) -> list[Part]:
    """The parts of a reply in order, without gap; a mark that is only talked about, or stands in a code block, opens none."""
    return parts_of(folded(text).lower())


def thoughts_in(text: str) -> str:
    """The thoughts of `text` with their marks, as the extractors leave them out; empty where there are none."""
    return "\n".join(text[start:end].strip() for start, end in thought_spans(text))


def has_thought(text: str, reasoning: str = "") -> bool:
    """Whether a reply holds a thought, in `text` or told apart from it; one with nothing between its marks is none.

    >>> has_thought("<think>\\n\\n</think>\\n\\n18"), has_thought("<think>6*3</think>18")
    (False, True)
    """
    marks = _thought_marks()
    return any(marks.sub("", folded(thought).lower()).strip() for thought in (reasoning, thoughts_in(text)))


def without_thoughts(text: str) -> str:
    """The text with its closed thoughts blanked, as long as it was."""
    return blanked(text, [(part.start, part.end) for part in reply_parts(text) if part.kind == THOUGHT])


def blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with spans in it, in order, blanked."""
    shown, at = [], 0
    for start, end in spans:
        shown += [text[at:start], " " * (end - start)]
        at = end
    return "".join([*shown, text[at:]])


def parted(text: str, span: tuple[int, int] | None = None) -> tuple[str, str, tuple[int, int] | None]:
    """`text` without its thoughts, those thoughts, and where `span` of the text then is (None where it lies in a thought)."""
    spans = thought_spans(text)
    if not spans:
        return text, "", span
    starts, ends = [0, *(end for _, end in spans)], [*(start for start, _ in spans), len(text)]
    shown = "".join(text[start:end] for start, end in zip(starts, ends, strict=True))
    return shown.strip(), thoughts_in(text), span and _moved(span, spans, len(shown) - len(shown.lstrip()))


def _moved(span: tuple[int, int], spans: list[tuple[int, int]], stripped: int) -> tuple[int, int] | None:
    """`span` where `spans` and so many characters at the beginning are taken out."""
    start, end = span
    gone = stripped + sum(last - first for first, last in spans if last <= start)
    overlaps = any(first < end and start < last for first, last in spans)
    return None if overlaps or start < gone else (start - gone, end - gone)


def thought_spans(text: str) -> list[tuple[int, int]]:
    """Where the thoughts of `text` stand, closed or not, marks included."""
    return [(part.start, part.end) for part in reply_parts(text) if part.kind in (THOUGHT, UNCLOSED)]


def parts_of(lower: str) -> list[Part]:
    """The parts of a folded reply in lower case; see `reply_parts`."""
    return [*_parts_of(lower)]


@lru_cache(maxsize=4)  # extractors, causes and reports cut the same reply one after the other
def _parts_of(lower: str) -> Sequence[Part]:
    if not (_LIKE_A_MARK.search(lower) or any(word in lower for word in WORDS)):
        return [Part(SPEECH, 0, len(lower))]
    found = {place for head, gates in _GATES.items() if head in lower for gate, place in gates if gate in lower}
    places = tuple(sorted(found))
    return _Cut(lower, places).parts if places else [Part(SPEECH, 0, len(lower))]


@lru_cache(maxsize=256)
def _opening(places: tuple[int, ...]) -> re.Pattern[str]:
    """Every mark that opens a part of one of the families, or closes a thought of one."""
    closing = _thought_closing(places).pattern
    opening = [f"(?P<family{place}>{_FAMILIES[place].opens})" for place in places]
    return re.compile("|".join([*opening, *([f"(?P<closing>{closing})"] if closing else [])]))


@lru_cache(maxsize=256)
def _thought_closing(places: tuple[int, ...]) -> re.Pattern[str]:
    """Every mark that closes a thought: models mix them up."""
    return re.compile("|".join(_FAMILIES[place].closes for place in places if _FAMILIES[place].kind == THOUGHT))


@lru_cache(maxsize=1)
def _thought_marks() -> re.Pattern[str]:
    """Every mark that opens or closes a thought."""
    return re.compile("|".join(f"{family.opens}|{family.closes}" for family in _FAMILIES if family.kind == THOUGHT))


@lru_cache(maxsize=64)
def _closing(closes: str) -> re.Pattern[str]:
    return re.compile(closes)


_FAMILIES = tuple(FAMILIES.values())
_GATES: dict[str, list[tuple[str, int]]] = {}  # by how they begin, for a reply to be searched for few
for _place, _family in enumerate(_FAMILIES):
    for _gate in _family.gates:
        _GATES.setdefault(_gate[:2], []).append((_gate, _place))
_LIKE_A_MARK = re.compile(r"[<\[◁](?:[|/a-z]|\s?/)")  # a quick look, at what most replies do not have
_MESSAGE_MARK = re.compile("|".join(family.opens for family in _FAMILIES if family.kind in (END, HEADER)))


class _Cut:
    """One reply, cut into `parts`."""

    def __init__(self, lower: str, places: tuple[int, ...]) -> None:
        self.parts: list[Part] = []
        self._lower = lower
        self._places = places
        self._unclosed: set[str] = set()  # closing marks that do not come any more
        self._fenced, self._counted = False, 0  # whether the speech so far leaves a code block open, and how far that is known
        self._answers_inst = "[/inst]" in lower
        marks, offset = _opening(places), 0
        for _ in range(_MOST_MARKS):
            mark = marks.search(lower, offset)
            if mark is None:
                self._add(SPEECH, len(lower))
                return
            offset = self._take(mark)
        self._add(UNCLOSED, len(lower))

    @property
    def _at(self) -> int:
        return self.parts[-1].end if self.parts else 0

    def _add(self, kind: str, end: int) -> int:
        if end > self._at:
            self.parts.append(Part(kind, self._at, end))
            self._fenced, self._counted = False, end
        return end

    def _take(self, mark: re.Match[str]) -> int:
        """Add the part that the mark opens or closes; where to look for the next mark."""
        name = mark.lastgroup or ""
        family = None if name == "closing" else _FAMILIES[int(name.removeprefix("family"))]
        if (family is None or family.kind == THOUGHT) and self._is_mentioned(mark, opens=family is not None):
            return mark.end()
        if family is None:
            return self._close(mark)
        kind, end = self._extent(family, mark)
        self._add(SPEECH, mark.start())
        return self._add(kind, end)

    def _close(self, mark: re.Match[str]) -> int:
        """A thought without its opening mark, as chat templates leave it: whatever the message said before."""
        closed_before = any(part.kind == THOUGHT for part in self.parts[-2:])
        blank = _BLANK.match(self._lower, mark.end())
        if closed_before and blank and blank.end() == len(self._lower):
            self._add(SPEECH, mark.start())
            return self._add(FRAME, mark.end())
        while self.parts and self.parts[-1].kind not in (THOUGHT, END, HEADER, PROMPT):
            self.parts.pop()
        return self._add(THOUGHT, mark.end())

    def _is_mentioned(self, mark: re.Match[str], *, opens: bool) -> bool:
        """Whether the mark is only talked about: in quotes, called a tag, or opened in a code block."""
        lower, start, end = self._lower, mark.start(), mark.end()
        if start and lower[start - 1] in "`'\"" and lower[start - 1] == lower[end : end + 1]:
            return True
        if _MENTIONED.match(lower, end):
            return True
        self._fenced ^= lower.count("```", self._counted, start) % 2 == 1
        self._counted = start
        return opens and self._fenced and not _OPENS_FENCE.fullmatch(lower, self._at, start)

    def _extent(self, family: Marks, mark: re.Match[str]) -> tuple[str, int]:
        """The kind of the part that the mark opens, and its end."""
        if family.kind in (END, FRAME):
            return family.kind, mark.end()
        if family.kind == HEADER:
            return self._message(mark)
        closing = self._closing_mark(family, mark.end())
        if closing:
            return family.kind, closing.end()
        if family.kind == THOUGHT:
            return UNCLOSED, _announced_line(self._lower, mark.end())
        return family.kind, _json_end(self._lower, mark.end()) or self._message_end(mark.end())

    def _closing_mark(self, family: Marks, offset: int) -> re.Match[str] | None:
        marks = _thought_closing(self._places) if family.kind == THOUGHT else _closing(family.closes)
        if not family.closes or marks.pattern in self._unclosed:
            return None
        found = marks.search(self._lower, offset)
        if found is None:
            self._unclosed.add(marks.pattern)
        return found

    def _message(self, mark: re.Match[str]) -> tuple[str, int]:
        """A header: that of an assistant goes before its words, one of others takes theirs in."""
        speaker = _SPEAKER.search(mark.group())
        alone = mark.group() == "[inst]" and not self._answers_inst  # said by a model that repeats marks
        if speaker is None or speaker["assistant"] or alone:
            return HEADER, mark.end()
        return PROMPT if speaker["asks"] else RESULT, self._message_end(mark.end())

    def _message_end(self, offset: int) -> int:
        found = _MESSAGE_MARK.search(self._lower, offset)
        return found.start() if found else len(self._lower)


def _announced_line(lower: str, offset: int) -> int:
    """Where the last line announces the answer in so many words; the end of the text where it does not."""
    end = len(lower.rstrip())
    tag = lower.rfind("<answer>", max(offset, end - _LONGEST_LINE), end)
    start = tag if tag >= 0 else max(offset, lower.rfind("\n", offset, end) + 1)
    is_announced = tag >= 0 or (end - start <= _LONGEST_LINE and _LAST_LINE.match(lower, start, end))
    return start if is_announced else len(lower)


def _json_end(lower: str, offset: int) -> int | None:
    """The end of the lists and objects that begin here, each perhaps behind a name; None where there is none, no end, or too many."""
    end = None
    for _ in range(_MOST_CALLS):
        opening = _JSON.match(lower, end or offset)
        if opening is None:
            return end
        end = _closing_bracket(lower, opening.end())
        if end is None:
            return None
    return None


def _closing_bracket(lower: str, opening: int) -> int | None:
    depth = 0
    for mark in islice(_JSON_MARKS.finditer(lower, opening), _MOST_MARKS):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(mark.group(), 0)
        if depth == 0:
            return mark.end()
    return None
