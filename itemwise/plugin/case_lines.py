"""The lines of the header that only the collected cases can tell: prompts that nobody chose, replies given, options ignored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from itemwise.plugin.items import function_id, is_case, parameters
from itemwise.plugin.left_out import LEFT_OUT
from itemwise.plugin.run_samples import Samples
from itemwise.replies import RepliesError
from itemwise.results.safe_text import printable
from itemwise.session.header import default_prompt_line
from itemwise.session.sample import WITHOUT_EFFECT
from itemwise.session.settings import Settings

__all__ = ["case_lines"]


def case_lines(config: pytest.Config, settings: Settings, samples: Samples, items: Sequence[pytest.Item]) -> list[str]:
    """A line for each prompt that no option named, for each file of replies, and for each benchmark that ignores options of the command
    line; none under ``-q`` or without a case."""
    asked = [item for item in items if is_case(item)]
    if not asked or config.get_verbosity() < 0:
        return []
    benchmarks = {(function_id(item), parameters(item).get("model")): samples.benchmark(item) for item in asked}
    chosen = [default_prompt_line(name, benchmark, settings, model) for (name, model), benchmark in benchmarks.items()]
    chosen += [line for item in asked for line in _given_lines(samples, item)]
    told = {item: samples.of_case(item).rows.get(WITHOUT_EFFECT) for item in asked}
    say = settings.language
    ignored = [say("{name} ignores {options}", name=function_id(item), options=options) for item, options in told.items() if options]
    idle = [f"itemwise: {line}" for line in ignored]
    return [*dict.fromkeys(line for line in [*chosen, *idle, config.stash.get(LEFT_OUT, "")] if line)]


def _given_lines(samples: Samples, item: pytest.Item) -> Iterator[str]:
    """What there is of replies that were made elsewhere, and what is missing."""
    try:
        given = samples.given_replies(item)
    except RepliesError:  # which every case of it tells
        return
    yield from (printable(f"itemwise: {function_id(item)}: {line}") for line in (given.lines() if given else ()))
