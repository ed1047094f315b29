"""The cause "gave up or refused": the reply says that it cannot or will not answer, and its words are quoted."""

import re

from itemwise.causes.cause import GAVE_UP, Cause, cause, quote
from itemwise.causes.thinking import said_aloud

__all__ = ["giving_up"]

_ENDING = 600  # characters of a reply without an answer that conclude it
_LAST_WORDS = 250  # of one with an answer: behind such words it is a guess
_CANNOT = (
    r"(?:can ?not|can't|could not|couldn't|(?:was|am|is|are)(?: not able|n't able| unable)|unable|impossible|not possible|won't|will not)"
)
_ANSWERING = (
    "(?:determin|answer|calculat|comput|conclu|solv|find|provid|assist|help|complet|tell|say|know|proceed|decid|comply|give|predict)"
)
_WITHOUT_ANSWER = re.compile(
    rf"""\b(?:i'?m|i\ am|we\ are)\ (?:very\ |so\ |really\ )?sorry\b | \bapologi[sz]e\b
    | \bas\ an\ ai\b | \bas\ a\ (?:large\ )?language\ model\b
    | \b{_CANNOT}\b[^.,;:\n]{{0,40}}?\b{_ANSWERING}
    | \b(?:not\ enough|insufficient|missing|without\ (?:any|more|further|additional))\ (?:information|data|details|context)\b
    | \b(?:provide|give|need|require)[^.\n]{{0,20}}\ (?:more|further|additional|specific)\ (?:information|data|details|context)\b
    | \bdo(?:es)?(?:n't|\ not)\ (?:have|provide|give|contain)\ (?:enough|sufficient|any)\ (?:information|data|details|context)\b
    | \bi\ do(?:n't|\ not)\ know\b | \bunsolvable\b | \b(?:error|contradiction|inconsistency)\ in\ (?:the\ )?(?:problem|question)
    | (?:无法|不能)(?:从[^。\n]{{0,20}})?(?:回答|确定|给出|准确|判断|预测|计算|解答|得出) | 信息不足 | 抱歉
    | 分かりません | 回答できません | 답할\ 수\ 없
    """,
    re.VERBOSE,
)
_GATES = (  # one of these is in whatever the patterns find, and in few other words
    "not", "n't", "unable", "impossible", "sorry", "apolog", "as an ai", "language model", "information", "data", "details", "context",
    "insufficient", "unsolvable", "error", "contradiction", "inconsistency",
    "无法", "不能", "不足", "抱歉", "分かりません", "できません", "없",
)  # fmt: skip
_WITH_ANSWER = re.compile(
    rf"""\b(?:answer|problem|question|solution)\b[^.\n]{{0,60}}?\b(?:{_CANNOT}|insufficient|not\ enough)\b
    | \b{_CANNOT}\b[^.,;:\n]{{0,40}}?\b{_ANSWERING}[^.\n]{{0,30}}\b(?:answer|problem|question|solution)\b
    """,
    re.VERBOSE,
)


def giving_up(text: str, answer: str | None, refusal: str) -> Cause | None:
    """The last words with which the reply gives up, in its ending, and aloud; before an answer only words that speak of the question.

    `refusal` is what the model refused with where that came beside the text.

    >>> giving_up("No price, so the total cannot be determined.", None, "").evidence
    'No price, so the total cannot be determined.'
    """
    if refusal.strip() and answer is None:
        return cause(GAVE_UP, refusal)
    lower = said_aloud(text).lower().rstrip()
    pattern, length = (_WITHOUT_ANSWER, _ENDING) if answer is None else (_WITH_ANSWER, _LAST_WORDS)
    start = max(0, len(lower) - length)
    if not any(lower.find(gate, start) >= 0 for gate in _GATES):
        return None
    words = list(pattern.finditer(lower, start))
    return cause(GAVE_UP, quote(text, *words[-1].span())) if words else None
