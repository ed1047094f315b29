"""Entry: one case's verdict with reply, cost and causes, as workers send it, the ledger counts it and reports quote it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

from itemwise.cases.controls import joined_orders
from itemwise.cases.option_scores import GoldScore
from itemwise.cases.plain_data import Kinds, require_kinds, without_empty
from itemwise.cases.repeats import item_of
from itemwise.cases.reply import Reply, Verdict
from itemwise.causes import Cause
from itemwise.results.labels import Key, renamed_node_id
from itemwise.results.score import Score, scores_from_record, scores_record
from itemwise.results.spill import SpilledRecord
from itemwise.strategies import scored_by

__all__ = ["Entry", "EntryText", "MeasuredCase", "ReplyCost", "Skip", "Texts", "answers"]

_TEXTS = ("prompt", "message", "rerun")
_PLAIN = (
    "node_id", "benchmark", "model_name", "strategy", "prompt_name", "case", "sample_size", "expected", "answer", "rule", "tags",
    "picture", "model", "rows", "earlier", "repeat",
)  # fmt: skip  # of an entry, the same in its record
_RECORD = (
    "node_id", "position", "benchmark", "model_name", "strategy", "prompt_name", "case", "repeat", "sample_size", "prompt", "expected",
    "verdict", "scores", "answer", "rule", "span", "causes", "message", "tags", "choices", "picture", "rerun", "reply", "model", "rows",
    "run", "earlier", "repeats",
)  # fmt: skip  # in this order
_KINDS: Kinds = {
    **dict.fromkeys(("node_id", "benchmark", "model_name", "strategy", "prompt_name", "case", "expected", "picture", "run", *_TEXTS), str),
    **dict.fromkeys(("tags", "reply", "model", "rows", "scores"), (dict, Mapping)),  # most are dict, which is told at once
    "is_answered": bool,
}


@dataclass(frozen=True, slots=True)
class ReplyCost:
    """What a reply took, and how it ended: the part of a `Reply` that is counted."""

    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    batch_size: int
    generated: int
    generated_tokens: int
    thinking_tokens: int | None = 0
    thinking_cut: bool = False

    @classmethod
    def of(cls, reply: Reply) -> ReplyCost:
        """What `reply` took."""
        return cls(*_costs(reply))


_costs = attrgetter(*ReplyCost.__slots__)


@dataclass(frozen=True)
class Texts:
    """What reports only quote of a case: the `message` says why the test failed, as pytest shows it, empty where it passed; `rerun` is
    the command for this case alone; an error leaves no reply."""

    prompt: str = ""
    message: str = ""
    rerun: str = ""
    reply: Reply | None = None

    @property
    def reply_text(self) -> str:
        """The text of the reply; empty where there is none."""
        return self.reply.text if self.reply else ""

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Texts:
        """The texts in an entry's record. Raises KeyError or TypeError where they are none."""
        reply = record.get("reply")
        return cls(record["prompt"], record.get("message", ""), record.get("rerun", ""), Reply.from_record(reply) if reply else None)


@dataclass(frozen=True, kw_only=True)
class MeasuredCase:
    """A case that a run asked for, one of `sample_size`. `position` orders cases by benchmark, model, prompt, strategy and index in the
    sample. `prompt_name` is empty where the run asks the benchmark with one prompt. `repeat` counts the times that its item is asked.
    Where its strategy scores a text that is given it is not `is_answered`, and says nothing of an accuracy.

    `measurement` is the hash of all that must be the same for verdicts of several runs to be counted together: test function and
    parameters, cases, model, strategy and judge.
    """

    node_id: str
    position: tuple[str | int, ...]
    benchmark: str
    model_name: str
    strategy: str
    case: str
    sample_size: int
    measurement: str = ""
    prompt_name: str = ""
    repeat: int = 1
    is_answered: bool = True

    @property
    def item(self) -> str:
        """The item that it asks, whichever time of several, and in whichever order of its options under ``circular-options``."""
        return joined_orders(item_of(self.case, self.repeat))[0]

    @property
    def orders(self) -> int:
        """In how many orders of its options the item is asked."""
        return joined_orders(item_of(self.case, self.repeat))[1]

    @property
    def key(self) -> Key:
        """What it shares with the other cases of its tally."""
        return Key(self.benchmark, self.model_name, self.strategy, self.prompt_name)


@dataclass(frozen=True, kw_only=True)
class Skip(MeasuredCase):
    """A case that was not judged, because its test was skipped for `reason`."""

    reason: str

    def record(self) -> dict[str, Any]:
        """The skip as plain data, for the way between processes."""
        return vars(self)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Skip:
        """The skip that `record` was made of."""
        return cls(**{**record, "position": tuple(record["position"])})


@dataclass(frozen=True, kw_only=True)
class Entry(MeasuredCase):
    """One case's verdict with what it rests on.

    `scores` are those that its test recorded, by name. The `answer` was read in the reply (None: nothing) by `rule` at `span` of its
    text. `causes` say why it is not correct, the primary one first. `picture` is the hash under which the store keeps the picture that
    was shown. `model` describes what answered, `rows` where the cases came from. An `earlier` verdict is known from an earlier run alone,
    and took no time in this one; `repeats` are the verdicts of the other times that the case ran. `gold` is the score of the expected
    option where no reply is there to tell it. `quoted` are its texts, which `texts()` gives, or where they are spilled; `spent` is what its
    reply took, where that is not what the reply in `quoted` says, or that is spilled.
    """

    expected: str
    verdict: Verdict
    scores: Mapping[str, Score] = field(default_factory=dict)
    answer: str | None = None
    rule: str | None = None
    span: tuple[int, int] | None = None
    causes: tuple[Cause, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    choices: Sequence[str] = ()
    picture: str = ""
    model: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, str] = field(default_factory=dict)
    earlier: bool = False
    repeats: Sequence[str] = ()
    gold: GoldScore | None = None
    quoted: Texts | SpilledRecord = field(default_factory=Texts)
    spent: ReplyCost | None = field(default=None, compare=False)

    def texts(self) -> Texts:
        """Prompt, message, rerun and reply; reads the spill file where they are there."""
        texts = self.quoted if isinstance(self.quoted, Texts) else self.quoted.read(Texts.from_record)
        if not self.spent or not texts.reply or ReplyCost.of(texts.reply) == self.spent:
            return texts
        return replace(texts, reply=replace(texts.reply, **{name: getattr(self.spent, name) for name in ReplyCost.__slots__}))

    @property
    def cost(self) -> ReplyCost | None:
        """What the reply took; None where an error left none."""
        reply = self.quoted.reply if isinstance(self.quoted, Texts) else None
        return self.spent or (ReplyCost.of(reply) if reply else None)

    def scored_notes(self) -> Mapping[str, Any]:
        """The notes of a judged reply of which nothing was generated, as where options or texts are scored; of any other none."""
        if not self.verdict.is_judged or not self.cost or self.cost.completion_tokens:
            return {}  # without looking for the reply
        reply = self.texts().reply
        return reply.notes if reply else {}

    @property
    def cluster(self) -> str:
        """What is right and wrong together with it: the value of the tag that its benchmark's card names, else its item alone."""
        return self.tags.get(self.rows.get("cluster", ""), self.item)

    @property
    def is_given(self) -> bool:
        """Whether the reply was made elsewhere, so that nobody here asked in the words of the prompt."""
        return "replies" in self.model

    @property
    def cause(self) -> str:
        """The kind of the first cause; empty for a correct case, or one that ended in an infrastructure error."""
        return self.causes[0].kind if self.causes else ""

    def called(self, key: Key) -> Entry:
        """The same verdict where a run calls what it counts for by `key`."""
        if key == self.key:
            return self
        benchmark, model, strategy, prompt = key
        node_id = renamed_node_id(self.node_id, self.key, key)
        return replace(self, node_id=node_id, benchmark=benchmark, model_name=model, strategy=strategy, prompt_name=prompt)

    def answered_record(self) -> dict[str, bool]:
        """Of a strategy of the user's own whether its cases are answered, which no name tells; else nothing."""
        return {} if self.is_answered == answers(self.strategy) else {"is_answered": self.is_answered}

    def record(self) -> dict[str, Any]:
        """The entry as plain data: what results.jsonl and the store keep, and workers send."""
        texts = self.texts()
        values = {
            **vars(self),
            **vars(texts),
            "verdict": self.verdict.value,
            "scores": scores_record(self.scores),
            "causes": [vars(cause) for cause in self.causes],
            "reply": texts.reply.record() if texts.reply else {},
            "run": self.measurement,
            "repeat": self.repeat if self.repeat > 1 else None,
        }
        return without_empty({name: values[name] for name in _RECORD}, "prompt_name", "scores", "repeat") | self.answered_record()

    @classmethod
    def from_record(cls, record: Mapping[str, Any], *, with_texts: bool = True) -> Entry:
        """The entry that `record` was made of, without its texts and cost where nobody reads them. Raises KeyError, TypeError or
        ValueError for what is none, such as a damaged row."""
        require_kinds(record, _KINDS)
        return cls(
            **{name: record[name] for name in _PLAIN if name in record},
            position=tuple(record["position"]),
            measurement=record.get("run", ""),
            verdict=Verdict(record["verdict"]),
            scores=scores_from_record(record.get("scores") or {}),
            span=tuple(record["span"]) if record.get("span") else None,
            causes=tuple(Cause.from_record(cause) for cause in record.get("causes") or ()),
            choices=tuple(record.get("choices") or ()),
            repeats=tuple(record.get("repeats") or ()),
            quoted=Texts.from_record(record) if with_texts else Texts(),
            is_answered=record.get("is_answered", answers(record["strategy"])),
        )


def answers(strategy: str) -> bool:
    """Whether a model answers under the strategy of this name, as far as a name tells."""
    return scored_by(strategy) != "text"


class EntryText(str):
    """The JSON of an entry's record, with the `entry` where it was made in this process: there it need not be read back."""

    entry: Entry | None = None

    @classmethod
    def of(cls, entry: Entry) -> EntryText:
        """The text of `entry`, which it knows."""
        text = cls(json.dumps(entry.record()))
        text.entry = entry
        return text

    def read(self) -> Entry:
        """The entry. Raises KeyError, TypeError or ValueError where the text is of none."""
        return self.entry or Entry.from_record(json.loads(self))
