"""Whole runs whose tests record scores: in every report, in gates, comparisons, exports, merged and replayed runs."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import hypothesis  # noqa: F401 - in-process runs forget the modules they import, and its plugin would import it in each
import pytest
import scipy.stats  # noqa: F401 - as above, and NumPy imports only once

from itemwise.__main__ import main

SUMS = '''
"""Sums: how near the answer is, beside whether it is right."""
from itemwise.extractors import last_number
from itemwise import Case, cases

def sums():
    for n in range(8):
        yield Case(f"sum-{n}", f"How much is {n} + {n}?", str(2 * n))

@cases(sums, extract=last_number)
def test_sums(case, record_property):
    n = int(case.answer)
    record_property("score", n / 14)
    record_property("score.parts", (n // 4, 4))
    assert n >= 6
'''


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(test_sums=SUMS)
    return pytester


def ask(suite: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return suite.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "--tb=no", "--sample", "all", *arguments)


def latest(suite: pytest.Pytester, folder: str = "reports") -> Path:
    return suite.path / folder / "latest"


def test_a_score_stands_in_every_report(suite: pytest.Pytester) -> None:
    result = ask(suite, "--junitxml", "own.xml", "--fail-under", "score>=0.3", "--fail-under", "sums.score.parts=0.9")
    result.stdout.fnmatch_lines(
        [
            "benchmark  model  strategy  score         mean   95% interval   cases",
            "sums       -      -         score        50.0%  *%  8 of 8",
            "sums       -      -         score.parts  37.5%  *%  8 of 8",
            "gate sums.score (-, -) lower end >= 0.30: missed with 0.2*",
            "gate sums.score.parts (-, -) >= 0.90: missed with 0.375",
        ]
    )
    record = json.loads((latest(suite) / "run.json").read_text())
    first, second = record["scores"]
    assert (first["score"], first["mean"], first["n"], second["score"]) == ("score", 0.5, 8, "score.parts")
    found = [json.loads(line) for line in (latest(suite) / "results.jsonl").read_text().splitlines()]
    assert found[3]["scores"] == {"score": 6 / 14, "score.parts": [1, 4]}
    (whole,) = ElementTree.parse(latest(suite) / "junit.xml").getroot()
    properties = {each.get("name"): each.get("value") for each in whole.iter("property")}
    assert (properties["score"], properties["score_n"], properties["score.parts"]) == ("0.500000", "8", "0.375000")
    assert "[[PROPERTY|score=0.428571]]" in "".join(whole.itertext())
    own = [each.get("name") for case in ElementTree.parse(suite.path / "own.xml").iter("testcase") for each in case.iter("property")]
    assert own.count("score") == 8  # once a case, as pytest itself writes it
    assert "| sums | - | - | score | 50.0% |" in (latest(suite) / "summary.md").read_text()
    page = (latest(suite) / "report.html").read_text()
    assert "score 0.429, score.parts 0.250 (1 of 4)" in page


def test_scores_are_merged_and_known_from_earlier_runs(suite: pytest.Pytester) -> None:
    for number in (1, 2):
        ask(suite, "--shard", f"{number}/2", "--report-dir", f"shard{number}")
    main(["merge", str(latest(suite, "shard1")), str(latest(suite, "shard2")), "--into", "merged", "--fail-under", "score=0.5"])
    record = json.loads((latest(suite, "merged") / "run.json").read_text())
    assert (record["scores"][0]["mean"], record["gates"][0]["passed"]) == (0.5, True)
    ask(suite)
    ask(suite, "-k", "sum-3")
    assert json.loads((latest(suite) / "run.json").read_text())["scores"][0]["n"] == 8


def test_runs_are_compared_by_their_scores(suite: pytest.Pytester, capsys: pytest.CaptureFixture[str]) -> None:
    ask(suite, "--report-dir", "before")
    suite.makepyfile(test_sums=SUMS.replace("n / 14)", "n / 28)"))
    result = ask(suite, "--report-dir", "after", "--baseline", str(latest(suite, "before")))
    result.stdout.fnmatch_lines(["gate sums (-, -) not worse than *, by its score: missed with score -25.0 points *, p 0.0156"])
    assert "- sums, -, -: score -25.0 points (95% interval -3" in (latest(suite, "after") / "summary.md").read_text()
    capsys.readouterr()
    assert main(["compare", str(latest(suite, "before")), str(latest(suite, "after"))]) == 0
    printed = capsys.readouterr().out
    assert "  score -25.0 points (95% interval -3" in printed
    assert "  score.parts +0.0 points (95% interval -" in printed
    after = latest(suite, "after").resolve()
    after.rename(after.parent.parent / "before" / "20990101-000000")
    assert main(["runs", "--reports", "before", "--html", "all.html"]) == 0
    head, newest, oldest = capsys.readouterr().out.splitlines()[1:4]
    assert [line.split("8 of 8")[-1].split()[:2] for line in (newest, oldest)] == [["25.0%", "37.5%"], ["50.0%", "37.5%"]]
    assert head.split("n of N")[1].split()[:2] == ["score", "score.parts"]
    assert '<th scope="col" class="figure">score.parts</th>' in (suite.path / "all.html").read_text()


def test_what_is_no_score_is_an_error_of_that_case_alone(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_sums=SUMS.replace('"score", n / 14', '"score", n / 12'))
    result = ask(suite, "--fail-under", "score=0.1")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    found = [json.loads(line) for line in (latest(suite) / "results.jsonl").read_text().splitlines()]
    assert [each["verdict"] for each in found] == [*["wrong"] * 3, *["correct"] * 4, "error"]
    assert found[-1]["message"].startswith("record_property('score', 1.1666666666666667): a score is a number in 0 to 1")
    result.stdout.fnmatch_lines(["gate sums.score*undecided, only 7 of 8 cases are judged, 1 failed by an infrastructure error"])


def test_cases_that_fail_before_they_record_are_told(suite: pytest.Pytester) -> None:
    late = SUMS.replace("    assert n >= 6\n", "").replace('    record_property("score"', '    assert n >= 6\n    record_property("score"')
    suite.makepyfile(test_sums=late)
    ask(suite).stdout.fnmatch_lines(
        ["sums, -, -: 3 judged cases have no score (sum-0, sum-1, sum-2), so its mean is of the others; record it before the test's assert"]
    )


def test_a_run_without_them_shows_nothing_new(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_sums=SUMS.replace("record_property(", "print("))
    result = ask(suite)
    assert " score" not in str(result.stdout)
    assert "score" not in (latest(suite) / "summary.md").read_text()
    assert "scores" not in json.loads((latest(suite) / "run.json").read_text())
    assert '"scores"' not in (latest(suite) / "results.jsonl").read_text()


def test_csv_has_a_column_for_each_score(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_sums=SUMS.replace("(case, record_property)", "(case, answer, record_property)"))
    ask(suite, "--replies", str(suite.makefile(".jsonl", "\n".join(json.dumps({"id": f"sum-{n}", "text": f"{n}"}) for n in range(8)))))
    assert main(["export", str(latest(suite)), "--to", "csv", "--into", "out"]) == 0
    with (suite.path / "out" / "cases.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))
    assert [row["score"] for row in rows][:2] == ["0.000000", "0.142857"]
