r"""`stated_expression`: the expression a reply states as its answer, as it is written: in a box, announced, or the last formula."""

import re

from itemwise.extractors.announcement import announcements, may_announce
from itemwise.extractors.answer_field import answer_field
from itemwise.extractors.number.last_number import last_number
from itemwise.extractors.reading import Reading
from itemwise.extractors.visible_parts import before_questions

_BOX = re.compile(r"(?:\\(?:boxed|fbox|framebox)|\x08oxed)\s*(?:\{|(?=\d))")  # \x08: what JSON makes of \b
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_PLACEHOLDER = re.compile(r"\s*(?:(?:your |final )*answer|\\text\{[a-z ]*answer\}|\\[lc]?dots|\.\.\.|…)?\s*", re.IGNORECASE)
_SPACE = r"(?:\\[()\[\],;:! ]|\\q?quad(?![a-z])|[\s$,;*])*"
_BETWEEN = re.compile(rf"{_SPACE}(?:and|or|\\text\s*\{{\s*(?:and|or)?,?\s*\}})?{_SPACE}(?:[A-Za-z](?:_\d)?\s*=\s*)?")
_FORMULA = r"(?:\$\$(?:[^$\\]|\\.)+\$\$|(?<!\\)\$(?:[^$\\]|\\.)+\$|\\\[.{1,2000}?\\\]|\\\(.{1,2000}?\\\))"
_FORMULAS = re.compile(rf"{_FORMULA}(?:(?:\s*,)?\s*(?:,|and|or)\s*{_FORMULA})*", re.DOTALL)
_ONE_FORMULA = re.compile(_FORMULA, re.DOTALL)
_SAYS_VALUE = re.compile(r"[\d\\$]")
_ALONE = re.compile(r"(?:\$\$?|\\\(|\\\[)(?P<inside>(?:[^$\\]|\\[^()\[\]])+)(?:\$\$?|\\\)|\\\])")
_OPENED = re.compile(r"\$\$\s*$|\\\[\s*$")
_CLOSED = re.compile(r"\$\$|\\\]")
_SENTENCE = re.compile(r"(?:[^.!\n]|\.(?=\d)|!(?=[^\n]{0,80}\w))*")
_CLAUSE = re.compile(r"\s(?:because|since|which|when|where|as|so|if|by)\b|\s[–—]\s")
_PLAIN_WORD = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{2,}")
_IS = re.compile(
    r"(?:\b(?:is|are|equals)(?:\s+(?:approximately|exactly|about|therefore|thus|then|simply|equal\s+to))?:?\s+|=\s*)(?=[\d\0\\(\[{+$-])"
)
_IS_UNCLEAR = re.compile(
    r"\b(?:except|not|no|other|such|all|least|most|more|less|greater|between|cannot|can't|without|undefined|if|unless)\b"
)
_SAYS_ANYTHING = re.compile(r"[\d\0]")
_NEXT_SENTENCE = re.compile(r"[.!?]\s+(?=[A-Z])")
_WHOLE = re.compile(r"(?!.*(?<![\\{A-Za-z])[A-Za-z]{4})[^\n]{1,200}")  # a line without words
_SINGLE_BACKSLASH = re.compile(r"(?<!\\)(?:\\\\)*\\(?!\\)")
_MOST_QUESTIONS = 100  # that a reply turns to one after the other, and are looked at
_LOOKED_AT = 20_000  # characters of a reply's end in which formulas are looked for
_EDGES = " \t\r\n*_`:\"'"


def stated_expression(text: str) -> Reading | None:
    r"""The expression that the reply states as its answer, as it is written there; None where it states none.

    The last box that is closed (boxes beside each other are one answer), unless "the answer is" follows with a value; else the ``answer``
    of a JSON reply, else what "the answer is" or its like announces, else the last formula, or a number behind it; these alone are marked
    ``stated=False``. Of a sentence it is what "is" says, its last formula, or its number. A box that is never closed hides nothing. What is
    stated before the reply turns to another question comes first. Thoughts are left out by whoever calls (`visible_text`).

    >>> stated_expression(r"So $x = \boxed{\frac{\sqrt{3}}{2}}$.")
    Reading('\\frac{\\sqrt{3}}{2}', start=15, end=33, rule='boxed')
    """
    found = None
    for start, end in before_questions(text)[:_MOST_QUESTIONS]:
        read = _stated(text[start:end])
        if read and (read.stated or not found):
            found = Reading(read, start=start + read.start, end=start + read.end, rule=read.rule, stated=read.stated)
        if found and found.stated:
            break
    return found


def _stated(text: str) -> Reading | None:
    lower = text.lower()
    if boxed := _boxed(text):
        later = _announced(text, lower, boxed.end)
        return later if later and _SAYS_VALUE.search(later) else boxed
    return _field(text, lower) or _announced(text, lower, 0) or _last_formula(text)


def _reading(text: str, start: int, end: int, rule: str, *, stated: bool = True) -> Reading | None:
    """What stands there without dollars and marks of emphasis around it; None where nothing does."""
    if formula := _ALONE.fullmatch(text, start, end):
        start, end = formula.span("inside")
    written = text[start:end]
    start += len(written) - len(written.lstrip(_EDGES))
    plain = written.strip(_EDGES)
    return Reading(plain, start=start, end=start + len(plain), rule=rule, stated=stated) if plain.strip(".,;") else None


def _boxed(text: str) -> Reading | None:
    boxes = [box for box in _boxes(text) if not _PLACEHOLDER.fullmatch(text, *box)]
    if not boxes:
        return None
    together = [boxes.pop()]
    while boxes and _BETWEEN.fullmatch(text, boxes[-1][1] + 1, _box_start(text, together[0][0])):
        together.insert(0, boxes.pop())
    if len(together) == 1:
        return _reading(text, *together[0], "boxed")
    contents = ", ".join(text[start:end] for start, end in together)
    return Reading(contents, start=together[0][0], end=together[-1][1], rule="boxed")


def _box_start(text: str, inside: int) -> int:
    """Where the command of a box stands whose contents begin at `inside`."""
    return max(text.rfind("\\", 0, inside), text.rfind("\x08", 0, inside))


def _boxes(text: str) -> list[tuple[int, int]]:
    """Where the contents of each closed box begin and end, in the order in which they begin; one pass over all braces."""
    starts = [box.end() for box in _BOX.finditer(text)]
    braced = {start - 1: start for start in starts if text[start - 1] == "{"}
    found = [(start, _digits_end(text, start)) for start in starts if start - 1 not in braced]
    opened: list[int] = []
    for brace in _BRACE.finditer(text, min(braced, default=len(text))):
        if brace.group() == "{":
            opened.append(brace.start())
        elif brace.group() == "}" and opened and (start := braced.get(opened.pop())):
            found.append((start, brace.start()))
    return sorted(found)


def _digits_end(text: str, start: int) -> int:
    return next((end for end in range(start, len(text)) if not text[end].isdigit()), len(text))


def _field(text: str, lower: str) -> Reading | None:
    """The answer of a JSON reply; where JSON's rules were kept every backslash stands there twice."""
    if not (field := answer_field(text, lower)):
        return None
    found = _reading(text, *_value(text, field.start, field.end), "json field answer")
    if found is None or _SINGLE_BACKSLASH.search(found):
        return found
    return Reading(found.replace("\\\\", "\\"), start=found.start, end=found.end, rule=found.rule)


def _announced(text: str, lower: str, after: int) -> Reading | None:
    """What the last announcement behind `after` says that says anything: its formulas, else its words up to the end of the sentence."""
    if not may_announce(lower, after):
        return None
    for announcement in reversed(announcements(lower)):
        start, end = announcement.start, announcement.end
        if announcement.at < after:
            return None
        if announcement.rule == "boxed" or _BOX.search(text, start, end):  # one that is never closed
            continue
        if _OPENED.search(text, max(0, start - 4), start):
            closed = _CLOSED.search(text, start, start + 2000)
            end = closed.start() if closed else end
        elif (formulas := _FORMULAS.search(text, start, min(len(text), start + 2000))) and formulas.start() < end:
            is_in_sentence = len(_PLAIN_WORD.findall(text, start, formulas.start())) > 1
            start, end = _value(text, start, _sentence_end(text, start, end)) if is_in_sentence else formulas.span()
        elif not formulas:
            end = _sentence_end(text, start, end)
            clause = _CLAUSE.search(text, start, end)
            start, end = _value(text, start, clause.start() if clause else end)
        if found := _reading(text, start, end, announcement.rule):
            return found
    return None


def _sentence_end(text: str, start: int, end: int) -> int:
    sentence = _SENTENCE.match(text, start, end)
    return sentence.end() if sentence else end


def _value(text: str, start: int, end: int) -> tuple[int, int]:
    """Where a sentence says its value: behind the last "is", in its last formulas, or as its number; the whole where none is clear."""
    bare = _ONE_FORMULA.sub(lambda formula: "\0" * len(formula.group()), text[start:end])
    if len(_PLAIN_WORD.findall(bare)) < 3:
        return start, end
    last = max((sentence.end() for sentence in _NEXT_SENTENCE.finditer(bare) if _SAYS_ANYTHING.search(bare, sentence.end())), default=0)
    start, bare = start + last, bare[last:]
    for said in reversed(list(_IS.finditer(bare))):
        if not (_IS_UNCLEAR.search(bare, said.end()) or len(_PLAIN_WORD.findall(bare, said.end())) > 3):
            at = start + said.end()
            formulas = _FORMULAS.match(text, at, end)
            return formulas.span() if formulas else (at, _sentence_end(text, at, end))
        break
    if _IS_UNCLEAR.search(bare):
        return start, end
    if runs := list(_FORMULAS.finditer(text, start, end)):
        return runs[-1].span()
    number = None if bare[:1].isdigit() else last_number(text[start:end])
    return (start + number.start, start + number.end) if number else (start, end)


def _last_formula(text: str) -> Reading | None:
    """The last formula, or the number that is stated without one behind it; a reply of one line without words is its answer."""
    runs = [run for run in _FORMULAS.finditer(text, max(0, len(text) - _LOOKED_AT)) if not _PLACEHOLDER.fullmatch(run.group().strip("$"))]
    number = last_number(text)
    if not runs and not _BOX.search(text) and (found := _WHOLE.fullmatch(text.strip())):
        start = text.index(found.group())
        return _reading(text, start, start + found.end(), "whole reply")
    if not runs or (number and number.start >= runs[-1].end()):
        return number
    formulas = [*_ONE_FORMULA.finditer(text, *runs[-1].span())]
    named = {formula.group().rpartition("=")[0].strip("$ ") for formula in formulas}
    start = formulas[0].start() if len(named) == 1 else formulas[-1].start()  # "x = 1 or x = 2", but not "2x = 6, so x = 3"
    return _reading(text, start, formulas[-1].end(), "last formula", stated=False)
