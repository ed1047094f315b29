"""Strategy `likelihood`: nothing is generated; the option that the model finds likeliest as its reply is the answer."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from itemwise.cases.case import LETTERS
from itemwise.cases.chat import Turn
from itemwise.cases.option_scores import OptionScores, score_of
from itemwise.strategies.parse import StrategyError
from itemwise.strategies.strategy import Ask, Extract, Transcript, delimiter, gather, scores

__all__ = ["GAIN", "likelihood"]

GAIN = "scoring the options"
BLANK = "_"
PREMISE = "Answer:"  # what stands in the place of the question for pmi


@scores("options")
async def likelihood(
    chat: Sequence[Turn],
    ask: Ask,
    extract: Extract,  # noqa: ARG001 - every strategy is given it
    *,
    options: Sequence[str] = (),
    form: Literal["letter", "text", "blank"] = "letter",
    norm: Literal["sum", "characters", "bytes", "pmi"] = "sum",
) -> Transcript:
    """The letter of the best option; of equal ones the first. Each is scored as its `form`, its log-probability compared as `norm` says.

    With the form ``blank`` a plain text has a blank, ``_``: each option fills it, and what follows it is scored, the same for all of them
    (partial evaluation: Trinh and Le 2018, arXiv:1806.02847). ``pmi`` takes off what the option has without the question (domain
    conditional PMI: Holtzman et al. 2021, arXiv:2104.08315).

        user       Which magnet pulls harder? A. the left one B. the right one
        assistant  B    (A -1.7 nats, B -0.2)
    """
    if not options:
        raise StrategyError("--strategy likelihood scores the options of a choice, and this case has none; ask it by another strategy.")
    if len(options) > len(LETTERS):
        raise StrategyError(
            f"--strategy likelihood answers with a letter, and this case has {len(options)} options; give {len(LETTERS)} at most."
        )
    if form == "blank":
        return await _blank_filled(chat, ask, options, norm)
    scored = [*(options if form == "text" else LETTERS[: len(options)])]
    before = delimiter(chat)
    if "" in scored and (norm != "sum" or not before):
        raise StrategyError(
            f"option {LETTERS[scored.index('')]} is empty, so that nothing of it can be scored by norm={norm}; score the letters "
            "(form=letter), or leave the row out."
        )
    asked = [ask(chat, continuations=[f"{before}{text}" for text in scored])]
    if norm == "pmi":
        premise = Turn(chat[-1].role if chat[-1].role == "text" else "user", PREMISE)
        asked.append(ask([premise], continuations=[f"{delimiter([premise])}{text}" for text in scored]))
    turn, *without = await gather(*asked)
    scores = _scores(turn.logprobs, scored, norm, without[0].logprobs if without else ())
    counts = (sum(getattr(each, name) for each in (turn, *without)) for name in ("merged", "outside"))
    found = OptionScores(form, norm, turn.logprobs, scores, *counts)
    reply = replace(turn, content=found.letter)
    return Transcript([*chat, reply], reply, found.notes())


async def _blank_filled(chat: Sequence[Turn], ask: Ask, options: Sequence[str], norm: str) -> Transcript:
    asked = chat[-1]
    before, blank, rest = asked.content.partition(BLANK)
    if asked.role != "text" or norm != "sum" or not blank or BLANK in rest or not rest.strip():
        raise StrategyError(
            "--strategy likelihood:form=blank fills the one _ of a plain text (--prompt-form completion, --shots 0) and scores the words "
            f"behind it, by norm=sum alone; this is asked as {asked.role}, by norm={norm}, with {asked.content.count(BLANK)} of them: "
            f"{asked.content[-60:]!r}."
        )
    filled = [[*chat[:-1], replace(asked, content=f"{before}{option}")] for option in options]
    turns = await gather(*(ask(each, continuations=[f" {rest.strip()}"]) for each in filled))
    logprobs = [logprob for turn in turns for logprob in turn.logprobs]
    found = OptionScores("blank", norm, logprobs, logprobs, sum(turn.merged for turn in turns))
    reply = replace(turns[0], content=found.letter)
    return Transcript([*chat, reply], reply, found.notes())


def _scores(logprobs: Sequence[float], scored: Sequence[str], norm: str, without: Sequence[float]) -> list[float]:
    if norm == "pmi":
        return [logprob - alone for logprob, alone in zip(logprobs, without, strict=True)]
    return [score_of(logprob, text, norm) for logprob, text in zip(logprobs, scored, strict=True)]
