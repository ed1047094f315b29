"""A text is scored itself, and what its bits are divided by is noted beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from math import log
from pathlib import Path
from typing import Any

import pytest

from benchmarks import test_perplexity as benchmark_file
from itemwise.cases.chat import Turn, TurnCost
from itemwise.cases.row import RowsError
from itemwise.cases.source import Source
from itemwise.cases.text_score import TextScore, text_score
from itemwise.strategies import StrategyError, Transcript, configured_strategy
from tests.benchmarks.example_rows import benchmark, example_row, loaded
from tests.scripted import read_all


def run(chat: Sequence[Turn], way: str = "perplexity:window=64") -> tuple[Transcript, list[dict[str, Any]]]:
    asked = []

    async def ask(turns: Sequence[Turn], **settings: Any) -> Turn:
        asked.append({"turns": list(turns), **settings})
        return Turn("assistant", "", cost=TurnCost("stop", 3, 0, 0.0, 0), logprobs=(-8 * log(2),))

    return asyncio.run(configured_strategy(way).bind(chat, read_all)(ask)), asked  # type: ignore[arg-type]


def test_bits_are_by_byte_and_words_are_what_white_space_parts() -> None:
    said, asked = run([Turn("user", "für  dich ")])
    assert asked == [{"turns": [Turn("text", "für  dich ")], "window": 64}]
    assert text_score(said.notes) == TextScore(-8 * log(2), tokens=3, bytes=11, words=3, window=64)
    assert said.reply.content == "0.727273 bits per byte"


@pytest.mark.parametrize("chat", [[Turn("system", "a"), Turn("user", "b")], [Turn("assistant", "b")]])
def test_a_chat_is_refused(chat: Sequence[Turn]) -> None:
    with pytest.raises(StrategyError, match="scores one text without pictures"):
        run(chat)


def test_notes_of_another_form_are_none() -> None:
    (notes,) = run([Turn("text", "a")])[0].notes.values()
    assert text_score({"perplexity": {**notes, "bytes": 0}}) is None
    assert text_score({"perplexity": {**notes, "logprob": "x"}}) is None
    assert text_score({}) is None


def test_a_row_is_a_document_and_so_is_a_file_of_text(tmp_path: Path) -> None:
    case = loaded(benchmark_file, example_row(benchmark_file), tmp_path, "")
    assert (case.chat, case.answer) == ((Turn("text", "The cat sat on the mat.\nIt purred."),), "scored")
    (file := tmp_path / "book.txt").write_text("Once.\n\nTwice, ä.\n", encoding="utf-8")
    (case,) = benchmark(benchmark_file).cases(Source("file", path=file), None)
    assert (case.name, case.text) == ("perplexity-0", "Once.\n\nTwice, ä.\n")
    file.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(RowsError, match=r"book\.txt: not UTF-8"):
        list(benchmark(benchmark_file).cases(Source("file", path=file), None))


def test_only_a_scored_text_is_read() -> None:
    read = benchmark(benchmark_file).extract
    assert (read("0.727273 bits per byte"), read("It purred.")) == ("scored", None)
