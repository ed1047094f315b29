"""Few-shot examples: where a benchmark's solved cases come from, by what rule each question gets its own, and that none is asked itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, repeat

from itemwise.cases.case import Case
from itemwise.cases.draw import draw
from itemwise.cases.picture import PictureError
from itemwise.cases.row import RowsError
from itemwise.cases.same_question import typed_plainly, typed_without_spaces

__all__ = ["RULES", "Examples", "require_apart", "shown_by_case"]

Rule = Callable[[Sequence[Case], int, int], Iterable[Sequence[Case]]]
_POOL_OF_ENDLESS = 1000
_QUOTED = 80  # characters of a question in an error


def _first(pool: Sequence[Case], shots: int, seed: int) -> Iterator[Sequence[Case]]:  # noqa: ARG001 - every rule is given it
    return repeat(pool[:shots])


def _drawn(pool: Sequence[Case], shots: int, seed: int) -> Iterator[Sequence[Case]]:
    return repeat(draw(pool, shots, seed))


RULES: Mapping[str, Rule] = {"first": _first, "drawn": _drawn}


@dataclass(frozen=True)
class Examples:
    """Solved cases that are shown before each question (few-shot): as many as `--shots` says, else `shots`.

    `cases` are cases of the benchmark's file, a function that yields them as a loader does, or the name of a split, such as ``train``,
    which the benchmark's own loader then reads. Each is shown as its prompt and its `solution`.
    `rule` chooses among them: ``first`` takes the first ones, ``drawn`` draws once by the run's seed; both show every question the same. A
    function ``(pool, shots, seed)`` of one's own gives the examples of each row of the benchmark, in the order of its rows.
    With `by`, a tag, a question is shown examples of its own subject alone. With `leave_one_out` the examples may be rows that are asked,
    as some published numbers were had, but never the row itself: a rule of one's own has to see to it.

    In one text a solution follows its prompt behind `before_solution`, and what follows an example stands behind `between`. A model that
    continues a plain text would go on to the next question: the texts in `stop` end its reply.

    >>> Examples([Case("sum", "What is 2 + 2?", "4")], shots=1).shots
    1
    """

    cases: str | Sequence[Case] | Callable[..., Iterable[Case]]
    shots: int = 0
    rule: str | Rule = "first"
    by: str | None = None
    leave_one_out: bool = False
    before_solution: str = "\n"
    between: str = "\n\n"
    stop: Sequence[str] = ("\n\n",)

    def __post_init__(self) -> None:
        """Refuse what could choose or show none."""
        if not isinstance(self.cases, str) and not callable(self.cases):
            cases = self.cases if isinstance(self.cases, (list, tuple)) else [self.cases]
            if wrong := [case for case in cases if not isinstance(case, Case)]:
                raise ValueError(f"Examples takes cases, a loader of them or the name of a split, got {wrong[0]!r}.")
        if isinstance(self.shots, bool) or not isinstance(self.shots, int) or self.shots < 0:
            raise ValueError(f"shots must be a whole number of at least 0, got {self.shots!r}.")
        if not callable(self.rule) and self.rule not in RULES:
            raise ValueError(
                f"the rule of examples must be one of {', '.join(RULES)}, or a function (pool, shots, seed), got {self.rule!r}."
            )

    @property
    def rule_text(self) -> str:
        """The rule in a record: ``first``, ``drawn by seed``, or the name of a function."""
        name = self.rule if isinstance(self.rule, str) else getattr(self.rule, "__name__", "a rule of the benchmark's own")
        return ", ".join([name, *([f"by {self.by}"] if self.by else []), *(["leave-one-out"] if self.leave_one_out else [])])

    def pool(self, cases: Iterable[Case], shots: int, *, endless: bool) -> Sequence[Case]:
        """The cases to choose from: all, and of rows that never end the first."""
        most = shots if self.rule == "first" and not self.by else _POOL_OF_ENDLESS
        return list(islice(cases, most if endless else None))

    def choose(self, pool: Sequence[Case], shots: int, seed: int) -> Iterator[Sequence[Case]]:
        """The examples of each row in turn, by the rule."""
        return iter((RULES[self.rule] if isinstance(self.rule, str) else self.rule)(pool, shots, seed))


def shown_by_case(examples: Examples, pool: Sequence[Case], asked: Sequence[Case], shots: int, seed: int) -> dict[str, Sequence[Case]]:
    """The examples of each of the cases `asked`, by its name, chosen from `pool`.

    Raises RowsError where there are fewer than `shots`, or a case has no subject to go by.
    """
    pools: dict[str, list[Case]] = {}
    for case in pool:
        pools.setdefault(_group(examples, case), []).append(case)
    chosen: dict[str, Iterator[Sequence[Case]]] = {}
    shown: dict[str, Sequence[Case]] = {}
    for case in asked:
        group = _group(examples, case)
        if group not in chosen:
            _require_enough(len(pools.get(group, ())), shots, f" of {examples.by} {group!r}" if examples.by else "")
            chosen[group] = examples.choose(pools[group], shots, seed)
        shown[case.name] = tuple(next(chosen[group], ()))
        _require_enough(len(shown[case.name]), shots, f" that its rule gives for {case.name}")
    return shown


def _group(examples: Examples, case: Case) -> str:
    if examples.by is None:
        return ""
    if examples.by not in case.tags:
        raise RowsError(
            f'case {case.name} has no tag {examples.by!r}, by which examples are chosen; give it: Case(..., tags={{"{examples.by}": ...}}).'
        )
    return case.tags[examples.by]


def _require_enough(there: int, shots: int, which: str) -> None:
    if there < shots:
        held = f"is {there} example" if there == 1 else f"are {there} examples"
        raise RowsError(f"--shots {shots}: there {held}{which}; show fewer, or give more with --examples.")


def require_apart(asked: Sequence[Case], shown: Mapping[str, Sequence[Case]], *, own_words: bool) -> None:
    """Raise RowsError where an example asks what a case that is asked does: its answer would be told.

    Questions are the same where their words are, however they are typed (`typed_without_spaces`), and their pictures. Examples in
    `own_words`, which no prompt of the benchmark put into words, are also looked for inside the questions.
    """
    examples = {id(example): example for chosen in shown.values() for example in chosen}
    by_words: dict[str, list[Case]] = {}
    unspaced: dict[str, list[Case]] = {}
    for example in examples.values():
        by_words.setdefault(typed_plainly(example.text), []).append(example)
        unspaced.setdefault(typed_without_spaces(example.text), []).append(example)
    for case in asked:
        same = [*unspaced.get(typed_without_spaces(case.text), ())]
        if own_words:
            words = typed_plainly(case.text)
            same += [example for text, found in by_words.items() if f" {text} " in f" {words} " for example in found]
        for example in same:
            if _pictures(case) == _pictures(example):
                quoted = example.text[:_QUOTED] + ("..." if len(example.text) > _QUOTED else "")
                raise RowsError(
                    f"the example {example.name} asks the same as the row {case.name}, which is to be asked: {quoted!r}; so its "
                    "answer would be told. Take it out of the examples, or show others (--examples)."
                )


def _pictures(case: Case) -> list[str]:
    try:
        return [picture.sha256 for picture in case.pictures]
    except PictureError:  # the case itself will say why
        return [f"unreadable: {case.name}"]
