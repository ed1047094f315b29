"""ExportedTask: one line of a run's table as other harnesses know it, a task of one model, with its judged cases."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from itemwise.cases.chat import Turn
from itemwise.cases.reply import Reply
from itemwise.results.entry import Entry
from itemwise.results.labels import rows_of
from itemwise.results.ledger import Tally
from itemwise.results.run_folder import RunFolder

__all__ = ["ExportedTask", "exported_tasks"]


@dataclass(frozen=True)
class ExportedTask:
    """What of a run is a task to others: `entries` are its judged cases with their replies, `model` says what answered, `rows` what was
    asked."""

    run: RunFolder
    tally: Tally
    entries: Sequence[tuple[Entry, Reply]]
    model: Mapping[str, str]
    rows: Mapping[str, str]

    @property
    def name(self) -> str:
        """The benchmark, with strategy and prompt where they are not the plain ones."""
        strategy = self.tally.strategy if self.tally.strategy != "direct" else ""
        return file_name("_".join(filter(None, (self.tally.benchmark, strategy, self.tally.prompt_name))))

    @property
    def extractor(self) -> str:
        """What read the replies."""
        return self.rows.get("reader", "itemwise")

    @property
    def shots(self) -> int:
        """How many examples were shown."""
        shots = self.rows.get("shots", "0")
        return int(shots) if shots.isdecimal() else 0


def exported_tasks(run: RunFolder) -> list[ExportedTask]:
    """The tasks of a run, those without a reply left out."""
    models, rows = run.record["models"], run.record["rows"]
    tasks = []
    for tally in run.tallies:
        replies = ((entry, entry.texts().reply) for entry in run.entries_of(tally))
        judged = [(entry, reply) for entry, reply in replies if reply is not None and entry.verdict.is_judged]
        if judged:
            tasks.append(ExportedTask(run, tally, judged, models.get(tally.model_name, {}), rows_of(tally.key, rows) or {}))
    return tasks


def asked_turns(reply: Reply) -> Sequence[Turn]:
    """The turns before the one that is the reply."""
    own = [place for place, turn in enumerate(reply.turns) if turn.role == "assistant" and turn.content == reply.text]
    return reply.turns[: own[-1]] if own else reply.turns


def file_name(text: str) -> str:
    """`text` with only what every file system takes."""
    return re.sub(r"[^\w.+-]+", "_", text).strip("_")
