"""Reads the number of the sentence that ends a reply without an announcement: "Therefore she pays $18.", or just the last number."""

import re
from collections.abc import Iterator

from itemwise.extractors.number.number_phrase import NumberMatch, number_in_prose, number_in_words
from itemwise.extractors.sentence_end import is_finished

_TAIL = 1500  # characters from the end in which a conclusion is looked for
_BEHIND = 100  # characters that may follow the sentence with a mere last number
_SENTENCE = 200  # characters of a last sentence that only says what comes next
_SHORT = 120  # characters of a reply that may say its number in a word
_BREAK = re.compile(r"(?<![0-9][a-z])(?<!\\)[.!](?=[\s*\"')]|$)[*\"')]*|。|(?<!\\)!|(?P<question>\?)[*\"')]*|\n+|(?:\\n){2,}")
_DIGIT = re.compile("[0-9½⅓⅔¼¾⅕-⅞⅐-⅒]")
_CUE = re.compile(
    r"[\s*_#>$-]*(?:(?:and|but),? )?(?:∴|=>|⇒|result|therefore|thus|hence|so|finally|in total|altogether|in conclusion|overall|as a result"
    r"|consequently|in all|in summary|this means|that means|which means|to conclude|the total|total"
    r"|因此|所以|综上|故|总共|一共|最终|于是)(?![a-z])|\\therefore"
)
_AFTERWORD = re.compile(
    r"[\s*_#>(-]*(?:note|check|verif|let me know|let's (?:check|verify)|to (?:check|verify)|i hope|please|remember|explanation"
    r"|this (?:assumes|is because)|if you (?:have|need|want)|assuming|hope this)"
)
_PREAMBLE = re.compile(r"(?:sure|okay|ok|certainly|of course|let's|let us|here (?:is|are)|here's|i will|i'll|to (?:solve|find))\b[^=]*$")
_ITEM = re.compile(r"\s*(?:[-+*•>#]+[ \t]*)*\(?[0-9]{1,2}")
_LEAD = re.compile(r"\s*(?:[-+*•>][ \t]+)*(?:\(?[0-9]{1,2}[.)][ \t]+)?")
_CANNOT_TELL = re.compile(
    r"\b(?:can ?not|can't|could(?: not|n't)|(?:not |im)possible to|unable to|not able to|no way to)(?: be)?(?: \w+ly)?"
    r" (?:determin|tell|told|find|found|know|calculat|comput|answer|solve|say\b|said\b|conclude|work out|be sure)"
    r"|\bnot (?:have |given |provide )?enough (?:information|data|details)|\binsufficient (?:information|data)"
    r"|\bplease (?:provide|clarify|specify)|\b(?:do|does) not have (?:access|enough)|无法(?:确定|计算|求|得)|不能确定"
    r"|\bmore (?:specific |detailed )?(?:information|details) (?:is|are|would be) "
)
_TELLS = re.compile(r"\b(?:but|however|nevertheless|still)\b")
_SENTENCES = re.compile(r"\n|[.!] +\S")
_PROGRAM = re.compile(r"^(?:def \w+\(|import \w+|from \w+ import|class \w+)", re.MULTILINE)
_CODE = re.compile(r"```[ \t]*(?:python|py|sympy|javascript|js|c|cpp|java|sql|bash)\b.*?(?:```|\Z)", re.DOTALL)
_BEGUN = re.compile(r"[\s*#>-]*[a-z][a-z' ,-]*")
_FAREWELL = re.compile(
    r"\b(?:hope|thank|let me know|luck|welcome|done|end|cheers|regards|happy|help|qed|q\.e\.d)|^\s*[*#]*(?:final answer|answer)"
)
_NEXT_STEP = re.compile(
    r"(?:^|[.!?\n])[\s*_#-]*(?:(?:first|next|now|then|so),? )?"
    r"(?:(?:let's(?! (?:check|verify))|let us|i (?:will|shall)|i'll|we (?:will|shall) now|we now)\b[^.!?\n0-9=]*"
    r"|let(?:'s| us) (?:now )?(?:proceed|start|begin|go|move|continue|perform|solve|calculate|compute|find)\b[^!?\n=]{0,160})[.!:]?\s*$"
)
_PLAN = re.compile(
    r"\b(?:we|you|i|one) (?:can|could|need to|must|should|have to|will|would) (?:then |now |first )?"
    r"(?:multiply|divide|subtract|calculate|compute|determine|solve|set up|find (?:the|how|out)|add (?:the|up|all))\b[^=]*$"
)
_THERE_IS_NO = re.compile(r"[\s*_]*(?:(?:so|thus|therefore|hence),? )?there (?:is|are|was|were) no\b")
_NAME = re.compile(r"(?<![\w#])#[0-9]{1,4}\b")  # "horse #12" is called so
_BOLD = re.compile(r"\*\*[^*\n]{1,60}\*\*")


def concluded_number(part: str, *, whole: bool = False) -> tuple[NumberMatch, str] | None:
    """The concluding number of a lower-case reply and the rule that read it; None where the reply is no finished prose.

    A reply that stops inside a sentence was cut off before its answer, unless it is known to be `whole`; an object or program
    states none in prose.
    """
    prose = _prose(part)
    if (
        prose is None
        or not (whole or (is_finished(prose) and not _is_begun(prose)))
        or _NEXT_STEP.search(prose, max(0, len(prose) - _SENTENCE))
    ):
        return None
    spelled = _spelled(prose)
    if spelled:
        return spelled
    for start, end in _sentences_from_the_end(prose, max(0, len(prose) - _TAIL)):
        if _DIGIT.search(prose, start, end) and not _AFTERWORD.match(prose, start, end):
            rule = "conclusion" if _CUE.match(prose, start, end) else "last number"
            return None if _is_given_up(prose, start, end, rule) else _read(prose, start, end, rule)
    return _in_words(prose)


def _is_begun(prose: str) -> bool:
    """Whether the last line only begins a sentence: without a number, a full stop or a farewell."""
    line = prose[prose.rfind("\n") + 1 :]
    return len(line) < len(prose.strip()) and bool(_BEGUN.fullmatch(line)) and not _FAREWELL.search(line) and number_in_words(line) is None


def _is_given_up(prose: str, start: int, end: int, rule: str) -> bool:
    """Whether the reply says that it cannot tell, only plans a step, or goes on too long behind a number that concludes nothing."""
    if rule == "last number" and len(prose) - end > _BEHIND:
        return True
    if _PLAN.search(prose, start, end):
        return True
    given_up = _CANNOT_TELL.search(prose, start)
    return given_up is not None and not _TELLS.search(prose, start, end)


def _spelled(prose: str) -> tuple[NumberMatch, str] | None:
    """The number of a last sentence that opens with it in words, or concludes it: "Two boys are left."."""
    start, end = next(_sentences_from_the_end(prose, max(0, len(prose) - _SENTENCE)), (0, 0))
    match = None if start == end or _DIGIT.search(prose, start, end) else number_in_words(prose[start:end])
    concludes = _CUE.match(prose, start, end)
    return (match.shifted(start), "conclusion" if concludes else "last number") if match and (concludes or match.start == 0) else None


def _in_words(prose: str) -> tuple[NumberMatch, str] | None:
    """The one number that a short reply without any digit spells out: "Zero.", "所以小明有十二个苹果"."""
    if len(prose) > _SHORT or _DIGIT.search(prose):
        return None
    match = number_in_words(prose)
    return (match, "last number") if match else None


def _prose(part: str) -> str | None:
    if part.lstrip(" \n\t`").startswith(("{", "json")):
        return None
    if "```" in part:
        if part.count("```") % 2:
            return None
        part = _CODE.sub(lambda code: " " * len(code.group()), part)
    prose = part.strip()
    if _PROGRAM.search(part) or (_PREAMBLE.match(prose) and not _SENTENCES.search(prose)):
        return None
    return part.rstrip()


def _sentences_from_the_end(prose: str, offset: int) -> Iterator[tuple[int, int]]:
    spans, start = [], offset
    for mark in _BREAK.finditer(prose, offset):
        if mark.group() == "." and _ITEM.fullmatch(prose, start, mark.start()):
            continue
        if not mark["question"]:
            spans.append((start, mark.start()))
        start = mark.end()
    spans.append((start, len(prose)))
    leads = ((_LEAD.match(prose, *span), span[1]) for span in reversed(spans))
    return ((lead.end(), end) for lead, end in leads if lead and lead.end() < end)


def _read(prose: str, start: int, end: int, rule: str) -> tuple[NumberMatch, str] | None:
    bold = [match for match in _BOLD.finditer(prose, start, end) if _DIGIT.search(match.group())]
    if len(bold) == 1:
        start, end = bold[0].span()
    if _THERE_IS_NO.match(prose, start, end):
        return NumberMatch(None, start, end), rule
    match = number_in_prose(_NAME.sub(lambda name: " " * len(name.group()), prose[start:end]))
    return (match.shifted(start), rule) if match else None
