"""simple-evals' MGSM: the instruction of the row's language, and its reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from itemwise.cases.benchmark import Benchmark, BenchmarkError
from itemwise.extractors import last_number
from itemwise.protocols.simple_evals_mgsm import EXTRACTOR, PROTOCOL
from itemwise.session.sample import sampled
from itemwise.session.settings import read_settings
from tests.protocols.asked import package

TASK = 'LANG_TO_INSTRUCTIONS = {"de": "Löse {prompt}", "fr": "sans"}\n'


def test_a_row_is_asked_in_the_instruction_of_its_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package(tmp_path, monkeypatch, "inspect_evals", {"mgsm/mgsm.py": TASK})
    for config in ("de", "fr"):
        (tmp_path / f"mgsm_{config}.tsv").write_text("Was ist {1}+1?\t1,002\n", encoding="utf-8")
    settings = read_settings({"protocol": "simple-evals/mgsm", "source": str(tmp_path)}, root=tmp_path, here=tmp_path)
    benchmark = PROTOCOL.applied_to(Benchmark(list, last_number, configs=("de", "fr")))
    (case,) = sampled("mgsm-de", benchmark.of_config("de"), settings).cases
    assert (case.name, case.text, case.answer) == ("mgsm-de-0", "Löse Was ist {1}+1?", "1002")
    with pytest.raises(BenchmarkError, match=r"mgsm.py has no instruction for fr in the form of inspect_evals 0.28.0; install that"):
        sampled("mgsm-fr", benchmark.of_config("fr"), settings)


@pytest.mark.parametrize(
    ("reply", "read"),
    [
        ("Answer: 18", "18"),
        ("7 eggs.\nAntwort: 1,430", "1430"),
        ("Answer: 3. No, Answer: 18.", "18"),
        ("Answer: 18.50", "18.5"),
        ("Answer: 18.00", "18"),
        ("Answer: 100", "100"),
        ("Answer: -18", "18"),  # the sign is lost
        ("答案：18个", "18"),
        ("It is 18.", None),
        ("Answer: none", None),
    ],
)
def test_the_last_number_behind_the_word_is_read(reply: str, read: str | None) -> None:
    assert EXTRACTOR.read(reply) == read
