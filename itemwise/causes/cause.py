"""`Cause`: why a reply is not correct, one of the kinds there are, with the words of the reply that show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from itemwise.cases.plain_data import require_kinds
from itemwise.language import phrase

__all__ = [
    "KINDS", "REPEATS", "THOUGHT", "TRUNCATED", "COPIED", "NO_JSON", "BROKEN_JSON", "GAVE_UP", "OTHER_QUESTION", "MADE_UP", "NOT_GIVEN",
    "OTHER_FORM", "SLIP", "NO_CALL", "CALL_FAILED", "WRONG_ARGUMENT", "IGNORED", "LIKELIER", "NOT_FOLLOWED", "NO_ANSWER",
    "UNCLEAR", "REASONING", "AROUND", "LONGEST", "Cause", "cause", "quote",
]  # fmt: skip

REPEATS = "repeats itself"
THOUGHT = "thought until the limit"
TRUNCATED = "truncated"
COPIED = "copied the prompt's example"
NO_JSON = "no JSON"
BROKEN_JSON = "broken JSON"
GAVE_UP = "gave up or refused"
OTHER_QUESTION = "answered another question"
MADE_UP = "made-up output"
NOT_GIVEN = "right value not given as the answer"
OTHER_FORM = "right value in another form"
SLIP = "arithmetic slip"
NO_CALL = "no tool call"
CALL_FAILED = "tool call failed"
WRONG_ARGUMENT = "tool argument wrong"
IGNORED = "tool result ignored"
LIKELIER = "another option likelier"
NOT_FOLLOWED = "instruction not followed"
NO_ANSWER = "no answer stated"
UNCLEAR = "judge cannot tell"
REASONING = "reasoning"
KINDS: Mapping[str, str] = {  # in the order of their columns, each with what shows it
    REPEATS: "one part of the reply over and over, up to its end or over a fifth of it",
    THOUGHT: "the token limit came before the thinking block was closed",
    TRUNCATED: "the token limit cut the reply off before it stated an answer",
    COPIED: "the reply gives the example of the prompt, or calculations of it that the question does not tell",
    GAVE_UP: "the reply says that it cannot or will not answer",
    NO_JSON: "JSON was asked for, and there is none",
    BROKEN_JSON: "JSON was asked for, and what there is does not parse",
    OTHER_QUESTION: "the reply calculates with none of the question's numbers, or begins with a question of its own",
    MADE_UP: "the reply writes code or a call, and itself the output of it that nobody ran",
    NOT_GIVEN: "the expected number stands in the reply as a result, and another or none was given",
    OTHER_FORM: "the answer is the expected value in another unit, rounded, times 100, or written otherwise",
    SLIP: "an equation of the reply is false, recomputed exactly",
    NO_CALL: "a tool was offered and not called",
    CALL_FAILED: "the last call of the tool was answered with an error",
    WRONG_ARGUMENT: "the answer is what the tool said, and not the expected value: the wrong expression was asked for",
    IGNORED: "the tool's result is the expected value and the answer another, or the reply does not have the last result",
    LIKELIER: "the options were scored, and the expected one is not the likeliest: by how much",
    NOT_FOLLOWED: "the prompt's instructions were checked one by one, and the reply lacks what this one asks",
    NO_ANSWER: "nothing could be read, and none of the above is shown",
    UNCLEAR: "whether the answer is right is undecided",
    REASONING: "an answer was read, and none of the above is shown",
}

_QUOTED = (GAVE_UP, CALL_FAILED)  # whose evidence is a quotation and nothing else
LONGEST = 200  # characters of evidence
AROUND = 30  # characters quoted before and after


@dataclass(frozen=True)
class Cause:
    """One of `KINDS`, and the `evidence`: words of at most 200 characters that quote what shows it."""

    kind: str
    evidence: str

    @property
    def told(self) -> str:
        """The evidence as a language can tell it; words of a reply or a tool alone stay as they are."""
        return self.evidence if self.kind in _QUOTED else phrase(self.evidence)

    @classmethod
    def from_record(cls, record: Mapping[str, str]) -> Cause:
        """The cause whose `vars` are `record`. Raises KeyError or TypeError for what is none."""
        require_kinds(record, {"kind": str, "evidence": str})
        return cls(record["kind"], record["evidence"])


def cause(kind: str, evidence: str) -> Cause:
    """The cause with its evidence on one line, cut where it is too long."""
    evidence = " ".join(evidence.split())
    return Cause(kind, evidence if len(evidence) <= LONGEST else evidence[: LONGEST - 3] + "...")


def quote(text: str, start: int, end: int) -> str:
    """text[start:end] with a few words around it."""
    first, last = max(0, start - AROUND), min(len(text), end + AROUND)
    return ("..." if first else "") + text[first:last] + ("..." if last < len(text) else "")
