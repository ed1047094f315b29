"""What a person at a terminal reads: the progress, one failed case, the closing table."""

from __future__ import annotations

from collections.abc import Sequence

from itemwise.cases.case import Reply, TurnCost
from itemwise.engine.batch_check import invariance_lines
from itemwise.reporting.run_record import RunRecord
from itemwise.reporting.sections.choices_section import CHOICE_COLUMNS, SPLIT_COLUMNS, choice_rows, control_lines, short_splits, split_rows
from itemwise.reporting.sections.drops_section import drop_text
from itemwise.reporting.sections.extractors_section import readings_text
from itemwise.reporting.sections.ladder_section import LADDER_COLUMNS, ladder_rows, ladder_summary
from itemwise.reporting.sections.pins import pin_lines
from itemwise.reporting.table import COLUMNS, accuracy_text, aligned, cause_table, cells
from itemwise.results.entry import Entry
from itemwise.results.progress import Counts, TimeLeft
from itemwise.results.safe_text import printable, shortened
from itemwise.results.statistics import accuracy

__all__ = ["closing_lines", "failure_text", "gate_annotations", "progress_line"]

_SPLIT_BY = 24  # values of a tag that a terminal shows
_SHOWN = 3000  # characters of a prompt or reply in a failure


def progress_line(entries: Sequence[Entry], total: int, counts: Counts, tokens_per_second: float, left: TimeLeft | None) -> str:
    """Where a run stands: cases done, accuracy so far, what is under way and how fast, and the time left where it is known."""
    judged = [entry for entry in entries if entry.verdict.value != "error"]
    correct = sum(entry.verdict.value == "correct" for entry in judged)
    share, interval = accuracy_text(accuracy(correct, len(judged)))
    words = [f"itemwise: {len(entries)} of {total} cases"]
    words += [f"accuracy so far {share} ({interval} at 95%)"] if judged else []
    words += [f"loading {counts.loading}, {counts.loading_seconds:.0f} s"] if counts.loading else []
    words += [f"{counts.ready} more answered"] if counts.ready else []
    words += [f"{counts.underway} being answered"] if counts.underway and not counts.loading else []
    words += [f"{counts.tokens} tokens so far"] if counts.tokens else []
    words += [f"{tokens_per_second:.{0 if tokens_per_second >= 10 else 1}f} tokens/s"] if tokens_per_second else []
    words += [f"about {_duration(left.seconds)} left{_of_block(left.block)}"] if left else []
    return printable(", ".join(words))


def _of_block(block: str) -> str:
    """A block of cases as a person would call it: the test with its model and strategy."""
    return f" of {block.rpartition('::')[2].removesuffix('-')}]" if block else ""


def failure_text(entry: Entry, assertion: str) -> str:
    """A wrong case as one reads a failing test: what was asked, what came back, what was read in it, how to run it again."""
    texts = entry.texts()
    read = f"read {entry.answer!r} ({entry.rule})" if entry.rule else f"read {entry.answer!r}"
    lines = [f"{entry.case}: {entry.verdict.value}, expected {entry.expected!r}, {read}"]
    lines += [f"cause: {cause.kind}: {cause.evidence}" for cause in entry.causes]
    for turn in texts.reply.turns if texts.reply else ():
        lines += [f"--- {turn.role}{_turn_cost(turn.cost)}", shortened(turn.content, _SHOWN)]
    lines += [f"--- {_ending(texts.reply)}{assertion}", f"rerun: {texts.rerun}"]
    return printable("\n".join(lines))


def _ending(reply: Reply | None) -> str:
    """The strategy's notes, and how the reply ended."""
    if reply is None:
        return ""
    notes = "".join(f"{name} {value}, " for name, value in reply.notes.items())
    return f"{notes}{reply.finish_reason} after {reply.completion_tokens} tokens; "


def gate_annotations(run: RunRecord) -> list[str]:
    """Gates that did not pass, as GitHub Actions shows them beside a pull request."""
    texts = [decision.text for decision in run.decisions if not decision.passed]
    return [f"::error title=itemwise gate::{_escaped(printable(text))}" for text in texts]


def _escaped(text: str) -> str:
    """As GitHub's workflow commands take a message."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _turn_cost(cost: TurnCost | None) -> str:
    """What an assistant's turn took, in words."""
    if cost is None:
        return ""
    sampled = f", sampled at {cost.temperature} with seed {cost.seed}" if cost.temperature else ""
    return f" ({cost.finish_reason} after {cost.completion_tokens} tokens{sampled})"


def closing_lines(run: RunRecord, folder: str) -> list[str]:
    """The last lines of a run: the table, what was measured, what the gates say."""
    lines = [*aligned([COLUMNS, *(cells(tally) for tally in run.tallies)]), *run.notes]
    if run.choices:
        lines += ["", *aligned([CHOICE_COLUMNS, *choice_rows(run.choices)]), *control_lines(run.choices)]
    short, long = short_splits(run.splits, _SPLIT_BY)
    lines += ["", *aligned([SPLIT_COLUMNS, *split_rows(short)], words=4)] if short else []
    lines += ["", *long] if long else []
    if causes := cause_table(run.tallies):
        lines += ["", "why cases are not correct (results.jsonl quotes the evidence):", *aligned(causes)]
    for ladder in run.ladders:
        lines += ["", *aligned([LADDER_COLUMNS, *ladder_rows(ladder)]), *ladder_summary(ladder)]
    lines += ["", *(drop_text(drop) for drop in run.drops)] if run.drops else []
    lines += ["", *_readings(run), ""]
    for name, model in run.measured.items():
        said = (model[key] for key in ("revision", "quantisation", "dtype", "device", "threads", "prompting", "decoding") if key in model)
        lines.append(f"{name}: {', '.join(said)}, max {model.get('max new tokens', '?')} new tokens")
    for label, rows in run.rows.items():
        lines.append(f"{label}: " + ", ".join(f"{key} {value[:16] if key == 'sha256' else value}" for key, value in rows.items()))
    lines += pin_lines(run.rows)
    lines += [*invariance_lines(run.batch_check), _generated(run)]
    lines += [decision.text for decision in run.decisions]
    return [printable(line) for line in [*lines, f"reports: {folder}"]]


def _readings(run: RunRecord) -> list[str]:
    """What other extractors make of the same replies; ``python -m itemwise extractors`` shows where they part."""
    return [f"the same replies read by other extractors: {', '.join(panel.tally.key)}: {readings_text(panel)}" for panel in run.panels]


def _generated(run: RunRecord) -> str:
    """How many replies this run paid for, how many were known, and how fast the model was."""
    seconds = sum(tally.seconds for tally in run.tallies)
    tokens = sum(tally.generated_tokens for tally in run.tallies)
    speed = f" ({tokens} tokens in {_duration(seconds)}, {tokens / seconds:.0f} tokens/s)" if seconds else ""
    return f"{run.generated} replies generated{speed}, {run.recalled} from the store"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
