"""What the tasks of lm-evaluation-harness (0.4.13) that score options have in common: the reader, and tasks that score their texts."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from itemwise.cases.case import LETTERS, Case
from itemwise.cases.choices import Choices
from itemwise.cases.examples import Examples
from itemwise.cases.source import Source
from itemwise.extractors.named_extractor import NamedExtractor
from itemwise.protocols.lm_eval_tasks import DECODING, MAX_NEW_TOKENS, one_stream, one_stream_of_more
from itemwise.protocols.protocol import Protocol

__all__ = ["WHOLE_REPLY", "scored_texts"]


def whole_reply(text: str) -> str | None:
    """The whole reply, which is a letter where the options were scored."""
    return text.strip() or None


WHOLE_REPLY = NamedExtractor("whole-reply", whole_reply)


def scored_texts(name: str, rows: Choices, prompt: str, *, config: str = "") -> Protocol:
    """The task `name` that compares the options' texts behind `prompt` by their log-probability, which it calls ``acc``; ``acc_norm`` is
    that by their characters. It shows no examples of its own; those of `--shots` are rows of ``train``, drawn anew for each row.
    """
    return Protocol(
        f"lm-eval/{name}",
        rows.name,
        partial(_with_text, rows),
        prompt,
        Examples("train", rule=one_stream if config else one_stream_of_more, before_solution=" ", stop=()),
        "completion",
        MAX_NEW_TOKENS,
        WHOLE_REPLY,
        decoding=DECODING,
        strategy="likelihood:form=text",
        config=config,
    )


def _with_text(rows: Choices, source: Source, prompt: str, config: str = "") -> Iterator[Case]:
    """The cases of `rows`; where one is an example, the text of its right option stands behind its prompt."""
    for case in rows(source, prompt, config=config):
        yield replace(case, solution=case.choices[LETTERS.index(case.answer)])
