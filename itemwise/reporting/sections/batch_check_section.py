"""Batch invariance: how many texts and answers stayed the same with batch size 1."""

from collections.abc import Iterator, Sequence

from itemwise.language import phrase
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Note, Section
from itemwise.results.batch_invariance import BatchCheck

__all__ = ["batch_check_lines", "build"]


def build(run: RunFacts) -> Iterator[Section]:
    """How many texts and answers came out as in the batch, and the cases whose answer did not."""
    record = {"batch_invariance": [check.record() for check in run.batch_check]}
    yield Section("batch-check", notes=[Note(line) for line in batch_check_lines(run.batch_check)], record=record)


def batch_check_lines(checks: Sequence[BatchCheck]) -> list[str]:
    """A line for each model and strategy, and an indented one for each case that came out otherwise."""
    lines = []
    for key in dict.fromkeys((check.model, check.strategy) for check in checks):
        group = [check for check in checks if (check.model, check.strategy) == key]
        texts, answers = sum(check.is_same_text for check in group), sum(check.is_same_answer for check in group)
        counts = {"texts": texts, "answers": answers, "n": len(group)}
        told = "asked again alone, {name}: {texts} of {n} {n:text|texts} and {answers} {answers:answer|answers} as in the batch"
        lines.append(phrase(told, name=", ".join(key), **counts))
        lines += [
            phrase("  {case}: {batch!r} in the batch, {alone!r} alone", case=check.case, batch=check.answer, alone=check.alone)
            for check in group
            if not check.is_same_answer
        ]
    return lines
