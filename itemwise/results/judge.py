"""Judging: from a case, its reply and the outcome of its assertion to a verdict with causes, as an entry of the ledger."""

import reprlib
from collections.abc import Callable, Mapping
from enum import Enum
from types import MappingProxyType

from itemwise.cases.case import Case
from itemwise.cases.chat import Turn, conversation
from itemwise.cases.option_scores import option_scores
from itemwise.cases.picture import PictureError
from itemwise.cases.reply import FROM_FILE, Reply, Verdict
from itemwise.causes import Cause
from itemwise.causes.cause import NOT_FOLLOWED, UNCLEAR, cause
from itemwise.causes.find_causes import find_causes
from itemwise.causes.margin import margin
from itemwise.causes.tool_use import answered_calls
from itemwise.results.entry import Entry, MeasuredCase, Texts
from itemwise.results.score import Score

__all__ = ["AssertOutcome", "answer_in", "causes_of", "entry_of", "verdict_of"]


class AssertOutcome(Enum):
    """How a test ended that was to judge a reply: its assertion held, did not or could not be decided, or something else ended it."""

    HELD = "held"
    FAILED = "failed"
    UNDECIDED = "undecided"
    BROKEN = "broken"


_WITHOUT_ANSWER = {
    AssertOutcome.HELD: Verdict.CORRECT,
    AssertOutcome.UNDECIDED: Verdict.UNDECIDED,
    AssertOutcome.BROKEN: Verdict.ERROR,
}  # the verdicts on which an answer has no bearing


def answer_in(extract: Callable[[str], str | None], message: Reply | Turn) -> str | None:
    """The answer that counts of what `extract` reads in a reply, or in an assistant's turn; None where it has none.

    In one that the token limit cut off, a number that was merely the last one on the way (a `Reading` whose ``stated`` is False)
    is no answer. Raises TypeError where `extract` returns what is no text, which would be unequal to every gold.
    """
    read = extract(message.content if isinstance(message, Turn) else message.text)  # a suite may have a reply of its own kind
    if read is not None and not isinstance(read, str):
        raise TypeError(
            f"the extractor returned {reprlib.repr(read)} ({type(read).__name__}); "
            "it must return text (str), or None where a reply has no answer."
        )
    return None if message.truncated and not getattr(read, "stated", True) else read


def verdict_of(outcome: AssertOutcome, reply: Reply | None, answer: str | None, *, is_read: bool = True) -> Verdict:
    """What became of a case. With `is_read` False nobody asked for the answer: the test judged the reply by itself.

    `reply` is None where there was no model to give one.
    """
    if outcome is not AssertOutcome.FAILED:
        return _WITHOUT_ANSWER[outcome]
    if answer is not None or not is_read:
        return Verdict.WRONG
    return Verdict.TRUNCATED if reply and reply.truncated else Verdict.NO_ANSWER


def causes_of(case: Case, reply: Reply | None, answer: str | None, verdict: Verdict) -> tuple[Cause, ...]:
    """Why the case is not correct, as far as its reply shows it; empty for a correct one, and where nothing was judged."""
    if reply is None or verdict is Verdict.CORRECT or not verdict.is_judged:
        return ()
    if faults := getattr(answer, "faults", ()):  # of an extractor that checks one demand after the other
        return tuple(cause(NOT_FOLLOWED, fault) for fault in faults)
    plain = None if answer is None else str(answer)
    if plain and (scores := option_scores(reply.notes)) and (behind := margin(scores, case.answer)):
        return (behind,)
    is_truncated = verdict is Verdict.TRUNCATED
    calls = answered_calls(reply.turns[len(case.chat) :])
    called = _is_tool_called(case, reply)
    prompt, worded = _asked(case, reply)
    beside = {"reasoning": reply.reasoning, "refusal": reply.refusal}
    return tuple(
        find_causes(prompt, reply.text, case.answer, plain, truncated=is_truncated, called=called, worded=worded, calls=calls, **beside)
    )


def _asked(case: Case, reply: Reply) -> tuple[str, bool]:
    """The prompt, and whether the model was asked in its words: of a reply that was made elsewhere only its file can tell them."""
    if FROM_FILE not in reply.notes:
        return case.text, True
    asked = reply.turns[:-1]
    return (conversation(asked), True) if asked else (case.text, False)


def entry_of(
    measured: MeasuredCase,
    case: Case,
    reply: Reply | None,
    answer: str | None,
    verdict: Verdict,
    *,
    model: Mapping[str, str],
    rows: Mapping[str, str],
    scores: Mapping[str, Score] = MappingProxyType({}),
    message: str = "",
    rerun: str = "",
    unclear: str = "",
) -> Entry:
    """The ledger's entry of a case that was judged; `unclear` is why it is undecided, the other arguments are as the entry has them."""
    start, end = getattr(answer, "start", None), getattr(answer, "end", None)  # of a `Reading`
    return Entry(
        **vars(measured),
        expected=case.answer,
        verdict=verdict,
        scores=scores,
        answer=None if answer is None else str(answer),
        rule=getattr(answer, "rule", None),
        span=None if start is None or end is None else (start, end),
        causes=(Cause(UNCLEAR, unclear),) if unclear else causes_of(case, reply, answer, verdict),
        tags=dict(case.tags),
        choices=case.choices,
        picture=_last_picture(case),
        model=model,
        rows=rows,
        quoted=Texts(_asked(case, reply)[0] if reply else case.text, message, rerun, reply),
    )


def _last_picture(case: Case) -> str:
    """The hash under which the store keeps the last picture that the case shows; empty where there is none to be had."""
    try:
        return case.pictures[-1].sha256 if case.pictures else ""
    except PictureError:
        return ""


def _is_tool_called(case: Case, reply: Reply) -> bool | None:
    """Whether a tool was called after the case's own chat; None where none was offered, as far as the strategy tells."""
    if any(turn.calls for turn in reply.turns[len(case.chat) :]):
        return True
    return False if "calls" in reply.notes else None
