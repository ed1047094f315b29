"""Terminal report: one failed case, and the closing tables."""

from collections.abc import Iterable, Sequence

from itemwise.cases.chat import TurnCost
from itemwise.cases.duration import range_text
from itemwise.cases.option_scores import notes_text
from itemwise.cases.reply import Reply
from itemwise.causes import Cause
from itemwise.language import ENGLISH, Language, joined, phrase
from itemwise.reporting.narrow import fitted, wrapped
from itemwise.reporting.run_record import RunRecord
from itemwise.reporting.sections.section import Section
from itemwise.reporting.table import accuracy_text
from itemwise.results.entry import Entry
from itemwise.results.ledger import item_counts
from itemwise.results.progress import Counts, TimeLeft
from itemwise.results.safe_text import printable, shortened
from itemwise.results.score import scores_text
from itemwise.results.statistics import item_accuracy

__all__ = ["closing_lines", "failure_text", "gate_annotations", "progress_line", "under_way", "verdict_text"]

_GROUP = 24  # rows of a group, such as values of a tag, that a terminal shows
_SHOWN = 3000  # characters of a prompt or reply in a failure


def progress_line(
    entries: Sequence[Entry], total: int, counts: Counts, tokens_per_second: float, left: TimeLeft | None, say: Language = ENGLISH
) -> str:
    """Where a run stands: cases done, accuracy so far, what is under way and how fast, and the time left where it is known."""
    judged = [entry for entry in entries if entry.verdict.is_judged]
    share, interval = accuracy_text(item_accuracy([*item_counts(judged).values()]))
    words = [phrase("{n} of {total} {total:case|cases}", n=len(entries), total=total)]
    words += [phrase("accuracy so far {share} ({interval} at 95%)", share=share, interval=interval)] if judged else []
    words += under_way(counts, tokens_per_second)
    words += [_left(left)] if left else []
    return printable(f"itemwise: {say(joined(words))}")


def under_way(counts: Counts, tokens_per_second: float) -> list[str]:
    """What is being loaded or answered, and how fast."""
    words = [phrase("loading {model}, {n:.0f} s", model=counts.loading, n=counts.loading_seconds)] if counts.loading else []
    words += [phrase("{n} more answered", n=counts.ready)] if counts.ready else []
    words += [phrase("{n} being answered", n=counts.underway)] if counts.underway else []
    words += [phrase("{n} {n:token|tokens} so far", n=counts.tokens)] if counts.tokens else []
    speed = f"{tokens_per_second:.{0 if tokens_per_second >= 10 else 1}f}"
    return [*words, *([phrase("{speed} tokens/s", speed=speed)] if tokens_per_second else [])]


def _left(left: TimeLeft) -> str:
    """The time left, of the test with its model and strategy where there are others."""
    time, block = range_text(left.least, left.most), f"{left.block.rpartition('::')[2].removesuffix('-')}]"
    return phrase("{time} left of {block}", time=time, block=block) if left.has_others else phrase("{time} left", time=time)


def verdict_text(entry: Entry) -> str:
    """A case that is not correct in one sentence: its verdict, what was expected and read, and why."""
    return joined([_judged(entry), *map(_cause_text, entry.causes)], "; ")


def _judged(entry: Entry, rule: str = "") -> str:
    """The verdict, what was expected and read, and by which `rule` where that is told."""
    values = {"case": entry.case, "verdict": phrase(entry.verdict.value), "expected": entry.expected, "answer": entry.answer}
    if not rule:
        return phrase("{case}: {verdict}, expected {expected!r}, read {answer!r}", **values)
    return phrase("{case}: {verdict}, expected {expected!r}, read {answer!r} ({rule})", **values, rule=rule)


def _cause_text(cause: Cause) -> str:
    return phrase("{kind}: {evidence}", kind=phrase(cause.kind), evidence=cause.told)


def failure_text(entry: Entry, assertion: str, say: Language = ENGLISH) -> str:
    """A wrong case as one reads a failing test: what was asked, what came back, what was read in it, how to run it again."""
    texts = entry.texts()
    lines = [say(_judged(entry, entry.rule or ""))]
    lines += [scores_text(entry.scores)] if entry.scores else []
    lines += [say("cause: {cause}", cause=_cause_text(cause)) for cause in entry.causes]
    for turn in texts.reply.turns if texts.reply else ():
        lines += [f"--- {turn.role}{_turn_cost(turn.cost)}", shortened(turn.content, _SHOWN)]
    lines += [f"--- {_ending(texts.reply)}{assertion}", say("rerun: {command}", command=texts.rerun)]
    return printable("\n".join(lines))


def _ending(reply: Reply | None) -> str:
    if reply is None:
        return ""
    told = ", ".join(filter(None, (notes_text(reply.notes), _end(reply) if reply.finish_reason else "")))
    return f"{told}; " if told else ""


def _end(cost: Reply | TurnCost) -> str:
    tokens = f" after {cost.completion_tokens} tokens" if cost.completion_tokens else ""
    return f"{cost.finish_reason}{tokens}{_thought(cost)}"


def _thought(cost: Reply | TurnCost) -> str:
    """How many of the tokens are of a thought."""
    if not cost.thinking_tokens:
        return ""
    return f", {cost.thinking_tokens} of thought{', closed by the budget' if cost.thinking_cut else ''}"


def gate_annotations(run: RunRecord) -> list[str]:
    """Gates that did not pass, as GitHub Actions shows them beside a pull request."""
    texts = [decision.text for decision in run.decisions if not decision.passed]
    return [f"::error title=itemwise gate::{_escaped(printable(text))}" for text in texts]


def _escaped(text: str) -> str:
    """As GitHub's workflow commands take a message."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _turn_cost(cost: TurnCost | None) -> str:
    if cost is None:
        return ""
    sampled = f", sampled at {cost.temperature} with seed {cost.seed}" if cost.temperature else ""
    asked = "".join(f", {name} {getattr(cost, name)!r}" for name in ("top_p", "max_new_tokens") if getattr(cost, name) is not None)
    stop = f", stop {', '.join(map(repr, cost.stop))}" if cost.stop else ""
    return f" ({_end(cost)}{sampled}{asked}{stop})"


def closing_lines(run: RunRecord, folder: str, width: int = 0) -> list[str]:
    """The last lines of a run: each section as lines, one with a title set apart, and the folder of the reports. They fit into `width`
    characters, 0 for any width, but for what is one word."""
    lines: list[str] = []
    say = run.language
    for section in run.told:
        if shown := _section_lines(section, say, width):
            lines += ["", *shown] if section.title else shown
    return [printable(line) for line in [*lines, say("reports: {folder}", folder=folder)]]


def _section_lines(section: Section, say: Language, width: int) -> list[str]:
    rows, folded = section.folded(_GROUP)
    table = fitted(section.table(rows), section.words, width, say)
    if section.brief is not None:
        return [*_wrapped(section.brief, width), *(table if section.has_brief_table else [])]
    between = [""] if table and folded else []
    return [*table, *between, *_wrapped([*map(say, folded), *section.legend, *(note.text for note in section.notes)], width)]


def _wrapped(texts: Iterable[str], width: int) -> list[str]:
    return [line for text in texts for line in wrapped(text, width)]
