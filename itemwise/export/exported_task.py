"""ExportedTask: one line of a run's table as other harnesses know it, a task of one model, with its judged cases."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from itemwise.cases.chat import Turn
from itemwise.cases.reply import Reply
from itemwise.results.entry import Entry
from itemwise.results.labels import rows_of
from itemwise.results.ledger import Tally
from itemwise.results.run_folder import RunFolder
from itemwise.results.score import Score, summed

__all__ = ["ExportedTask", "exported_tasks"]


@dataclass(frozen=True)
class ExportedTask:
    """What of a run is a task to others: `entries` are its judged cases with their replies, `model` says what answered, `rows` what was
    asked, `name` what no other task of the model is called.
    """

    run: RunFolder
    tally: Tally
    entries: Sequence[tuple[Entry, Reply]]
    model: Mapping[str, str]
    rows: Mapping[str, str]
    name: str

    @property
    def extractor(self) -> str:
        """What read the replies."""
        return self.rows.get("reader", "itemwise")

    @property
    def mean_scores(self) -> dict[str, float]:
        """The mean of each score that tests recorded beside verdicts, over all its parts, by name."""
        by_name: dict[str, list[Score]] = {}
        for entry, _ in self.entries:
            for name, score in entry.scores.items():
                by_name.setdefault(name, []).append(score)
        return {name: summed(scores).value for name, scores in sorted(by_name.items())}

    @property
    def shows_pictures(self) -> int:
        """How many cases have pictures in what was sent, which no format here holds."""
        return sum(any(turn.pictures for turn in reply.turns) for _, reply in self.entries)

    @property
    def shots(self) -> int:
        """How many examples were shown."""
        shots = self.rows.get("shots", "0")
        return int(shots) if shots.isdecimal() else 0


def exported_tasks(run: RunFolder) -> list[ExportedTask]:
    """The tasks of a run, those without a reply left out."""
    models, rows = run.record["models"], run.record["rows"]
    tasks: list[ExportedTask] = []
    for tally in run.tallies:
        replies = ((entry, entry.texts().reply) for entry in run.entries_of(tally))
        judged = [(entry, reply) for entry, reply in replies if reply is not None and entry.verdict.is_judged]
        if judged:
            name = free_name(_task_name(tally), [task.name for task in tasks if task.tally.model_name == tally.model_name])
            tasks.append(ExportedTask(run, tally, judged, models.get(tally.model_name, {}), rows_of(tally.key, rows) or {}, name))
    return tasks


def _task_name(tally: Tally) -> str:
    """The benchmark, with strategy and prompt where they are not the plain ones."""
    strategy = tally.strategy if tally.strategy != "direct" else ""
    return file_name("_".join(filter(None, (tally.benchmark, strategy, tally.prompt_name))))


def free_name(name: str, taken: Collection[str]) -> str:
    """`name`, with a number where another is called so already, as names of files have fewer characters."""
    numbered = (f"{name}-{number}" if number > 1 else name for number in count(1))
    return next(each for each in numbered if each not in taken)


def asked_turns(reply: Reply) -> Sequence[Turn]:
    """The turns before the one that is the reply."""
    own = [place for place, turn in enumerate(reply.turns) if turn.role == "assistant" and turn.content == reply.text]
    return reply.turns[: own[-1]] if own else reply.turns


def file_name(text: str) -> str:
    """`text` with only what every file system takes."""
    return re.sub(r"[^\w.+-]+", "_", text).strip("_")
