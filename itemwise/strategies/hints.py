"""Strategy `hints`: what fits the question is put before it, worked examples or entries of a file of formulas and facts."""

from collections.abc import Sequence
from dataclasses import replace

from itemwise.cases.chat import Turn
from itemwise.cases.hint import Hint
from itemwise.strategies.strategy import Ask, Extract, FileName, Transcript

__all__ = ["GAIN", "hints"]

GAIN = "the hints"
INTRO = "What stands above the line may help with what stands below it."
_LINE = "---"


async def hints(
    chat: Sequence[Turn],
    ask: Ask,
    extract: Extract,  # noqa: ARG001 - every strategy is given it
    *,
    count: int = 3,  # noqa: ARG001 - by which hints are found
    file: FileName = FileName(),  # noqa: ARG001, B008 - as above
    found_hints: Sequence[Hint] = (),
) -> Transcript:
    """The model's reply to the chat with the hints before its last turn's words. A chat for which none was found is asked as it is.

    They are the `count` that fit the question best by BM25, of the entries of `file`, else of the worked examples that a benchmark has.

        user       What stands above the line may help with what stands below it.

                   A dozen is 12.

                   ---

                   How many eggs are five dozen?
        assistant  60
    """
    asked = _behind(found_hints, chat) if found_hints else list(chat)
    reply = await ask(asked)
    return Transcript([*asked, reply], reply, {"hints": {hint.name: hint.score for hint in found_hints}})


def _behind(found: Sequence[Hint], chat: Sequence[Turn]) -> list[Turn]:
    *before, last = chat
    return [*before, replace(last, content="\n\n".join([INTRO, *(hint.text for hint in found), _LINE, last.content]))]
