"""IFEval, from rows to scores: a whole run on replies that were made elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import hypothesis  # noqa: F401 - in-process runs forget the modules they import, and its plugin would import it in each
import langdetect  # noqa: F401 - as above
import nltk  # noqa: F401 - as above
import pytest
import scipy.stats  # noqa: F401 - as above, and NumPy imports only once

from benchmarks import test_ifeval as ifeval
from tests.benchmarks.example_rows import example_row, loaded

FILE = str(Path(ifeval.__file__))


def test_the_row_of_the_docstring_becomes_a_case(tmp_path: Path) -> None:
    row = json.loads(example_row(ifeval))
    row["kwargs"] = [{**each, "num_bullets": None} for each in row["kwargs"]]  # as the hub's table has them: every argument, most null
    case = loaded(ifeval, json.dumps(row), tmp_path, "")
    assert case.answer.split("\n") == [
        'length_constraints:number_words {"num_words": 20, "relation": "at least"}',
        "punctuation:no_comma",
    ]
    assert (case.text, case.tags) == (row["prompt"], {"instructions": "2"})


def test_a_run_tells_accuracy_by_prompt_and_scores_by_instruction(pytester: pytest.Pytester) -> None:
    row = json.loads(example_row(ifeval))
    pytester.makefile(".jsonl", rows="\n".join(json.dumps(row) for _ in range(3)))
    good = (
        "<think>Commas, to be avoided,</think>"
        + "the gate was left open and your dog went for a walk but he is safe with us and asleep on our sofa"
    )
    texts = [good, f"Hello, neighbour\n{good}", "No, thanks"]
    pytester.makefile(".jsonl", replies="\n".join(json.dumps({"id": f"ifeval-{n}", "text": text}) for n, text in enumerate(texts)))
    pytester.path.joinpath("test_ifeval.py").write_text(Path(FILE).read_text(encoding="utf-8"), encoding="utf-8")
    options = ("--source", "rows.jsonl", "--replies", "replies.jsonl", "--sample", "all", "-p", "no:hypothesispytest", "--tb=short")
    result = pytester.runpytest_inprocess("test_ifeval.py", *options, "--fail-under", "ifeval.score>=0.1")
    result.stdout.fnmatch_lines(
        [
            "cause: instruction not followed: length_constraints:number_words: 2 words, not at least 20",
            "cause: instruction not followed: punctuation:no_comma: 1 commas",
            "ifeval * 33.3% *",
            "ifeval * score  * 50.0% *",
            "ifeval * score.loose  * 66.7% *",
            "ifeval * score.prompt-loose  66.7% *",
            "gate ifeval.score (replies, direct) lower end >= 0.10: *",
        ]
    )
