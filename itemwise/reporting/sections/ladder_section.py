"""Ablation ladder of prompts and strategies: a row for each rung, and in one sentence what it added."""

from collections.abc import Iterator

from itemwise.analysis.ladder import Ladder, Rung, ladders
from itemwise.language import Phrase, joined, phrase
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Column, OnPage, Row, Section, figures, words
from itemwise.reporting.table import accuracy_text, cost_text, points_text

_COLUMNS: tuple[Column, ...] = (
    *words("rung", "against", "by"),
    *figures("accuracy", "95% interval", "change", "gained", "lost", "p", "Holm p", "since first", "tokens/correct", "finding"),
)
_FIGURES = (
    "p: exact McNemar on the flipped cases, Holm p corrected over the rungs; tokens/correct: all tokens generated, by correct answers."
)


def build(run: RunFacts) -> Iterator[Section]:
    """A section for each benchmark that was asked in more than one way; the first holds the record of all."""
    all_ladders = ladders(run.plain_tallies, run.entries)
    records = [{"benchmark": ladder.benchmark, "rungs": [_record(rung) for rung in ladder.rungs]} for ladder in all_ladders]
    yield Section("ladders", record={"ladders": records})
    for number, ladder in enumerate(all_ladders):
        yield Section(
            f"ladder-{number}",
            phrase("The ladder of {benchmark}", benchmark=ladder.benchmark),
            _COLUMNS,
            [_row(rung) for rung in ladder.rungs],
            legend=_summary(ladder),
            page=OnPage("above", _heading(ladder), "Ladder", "ladder", ladder.rungs),
        )


def _heading(ladder: Ladder) -> str:
    return phrase("What moved the accuracy of {benchmark}", benchmark=ladder.benchmark)


def _summary(ladder: Ladder) -> list[str]:
    """What each rung added, and that a rung which adds nothing says nothing for itself."""
    told = [{"what": _named(rung), "change": points_text(rung.pair.change), "finding": rung.finding} for rung in ladder.rungs if rung.pair]
    gains = joined(phrase("{what} {change} ({finding})", **gain) for gain in told)
    return [
        phrase("the ladder of {benchmark}, each rung against the one named: {gains}.", benchmark=ladder.benchmark, gains=gains),
        phrase(_FIGURES),
    ]


def _named(rung: Rung) -> str:
    """What a rung gained by, with the prompt's name where that is new."""
    gain = rung.gain
    if not (rung.tally.prompt_name and isinstance(gain, Phrase)):
        return gain
    named = phrase("the prompt {name}", name=rung.tally.prompt_name)
    return phrase(gain.template, **{place: named if value == "the prompt" else value for place, value in gain.values.items()})


def _row(rung: Rung) -> Row:
    share, interval = accuracy_text(rung.tally.accuracy)
    tokens = cost_text(rung.tally)
    if rung.pair is None or rung.holm_p is None:
        return Row((rung.name, "-", "-", share, interval, *("-" * 6), tokens, "-"))
    flips = (str(len(rung.pair.gained)), str(len(rung.pair.lost)), f"{rung.pair.p:.3g}", f"{rung.holm_p:.3g}")
    first = rung.since_first
    since = "-" if first is None else phrase("{change} (p {p:.3g})", change=points_text(first.change), p=first.p)
    compared = (rung.against or "-", rung.gain, share, interval, points_text(rung.pair.change), *flips, since, tokens, rung.finding)
    return Row((rung.name, *compared))


def _record(rung: Rung) -> dict[str, object]:
    accuracy = rung.tally.accuracy
    compared = rung.pair and {
        "against": rung.against,
        "by": rung.gain,
        **rung.pair.record(),
        "holm_p": rung.holm_p,
        "finding": rung.finding,
        "since_first": rung.since_first and {"change": rung.since_first.change, "p": rung.since_first.p},
    }
    return {
        "rung": rung.name,
        "model": rung.tally.model_name,
        **({"prompt": rung.tally.prompt_name} if rung.tally.prompt_name else {}),
        "accuracy": accuracy.share,
        "interval": accuracy.interval,
        "tokens_per_correct": rung.tally.tokens_per_correct,
        **(compared or {}),
    }
