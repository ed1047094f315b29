"""Ablation ladder of prompts and strategies: a row for each rung, and in one sentence what it added."""

from collections.abc import Iterator

from itemwise.analysis.ladder import Ladder, Rung, ladders
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Column, OnPage, Row, Section, figures, words
from itemwise.reporting.table import accuracy_text, cost_text, points_text

_COLUMNS: tuple[Column, ...] = (
    *words("rung", "against", "by"),
    *figures("accuracy", "95% interval", "change", "gained", "lost", "p", "Holm p", "since first", "tokens/correct", "finding"),
)


def build(run: RunFacts) -> Iterator[Section]:
    """A section for each benchmark that was asked in more than one way; the first holds the record of all."""
    all_ladders = ladders(run.plain_tallies, run.entries)
    records = [{"benchmark": ladder.benchmark, "rungs": [_record(rung) for rung in ladder.rungs]} for ladder in all_ladders]
    yield Section("ladders", record={"ladders": records})
    for number, ladder in enumerate(all_ladders):
        yield Section(
            f"ladder-{number}",
            f"The ladder of {ladder.benchmark}",
            _COLUMNS,
            [_row(rung) for rung in ladder.rungs],
            legend=_summary(ladder),
            page=OnPage("above", f"What moved the accuracy of {ladder.benchmark}", "Ladder", "ladder", ladder.rungs),
        )


def _summary(ladder: Ladder) -> list[str]:
    """What each rung added, and that a rung which adds nothing says nothing for itself."""
    gains = [f"{_named(rung)} {points_text(rung.pair.change)} ({rung.finding})" for rung in ladder.rungs if rung.pair]
    return [
        f"the ladder of {ladder.benchmark}, each rung against the one named: {', '.join(gains)}.",
        "p: exact McNemar on the flipped cases, Holm p corrected over the rungs; tokens/correct: all tokens generated, by correct answers.",
    ]


def _named(rung: Rung) -> str:
    """What a rung gained by, with the prompt's name where that is new."""
    return rung.gain.replace("the prompt", f"the prompt {rung.tally.prompt_name}") if rung.tally.prompt_name else rung.gain


def _row(rung: Rung) -> Row:
    share, interval = accuracy_text(rung.tally.accuracy)
    tokens = cost_text(rung.tally)
    if rung.pair is None or rung.holm_p is None:
        return Row((rung.name, "-", "-", share, interval, *("-" * 6), tokens, "-"))
    flips = (str(len(rung.pair.gained)), str(len(rung.pair.lost)), f"{rung.pair.p:.3g}", f"{rung.holm_p:.3g}")
    since = "-" if rung.since_first is None else f"{points_text(rung.since_first.change)} (p {rung.since_first.p:.3g})"
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
