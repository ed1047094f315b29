"""Runs on the same items compared pair by pair, and refused where the items differ."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import PIL.Image
import pytest

from itemwise.cases.picture import encoded_picture
from itemwise.commands import CommandError
from itemwise.commands.compare import compare, comparison_lines, comparison_of
from itemwise.results.run_folder import read_run, read_runs
from tests.commands.conftest import ROWS, Reports, a_case, in_part
from tests.reporting.writers.test_compare_html import data


def compared(*names: str) -> list[str]:
    return comparison_lines(comparison_of(read_runs(names)))


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


def refusal(*names: str) -> str:
    with pytest.raises(CommandError) as raised:
        compared(*names)
    return str(raised.value)


def test_two_runs_stand_side_by_side_with_their_flips(reports: Reports) -> None:
    reports.judged("before", "CCWWWWWWWW")
    reports.judged("after", "CWCCCCCCCC")
    lines = compared("before", "after")
    assert cells(lines[1]) == ["#1", "reports/before", "sums/m/direct", "20.0%", "5.7 to 51.0%", "2", "10 of 10"]
    assert cells(lines[2]) == ["#2", "reports/after", "sums/m/direct", "90.0%", "59.6 to 98.2%", "9", "10 of 10"]
    assert cells(lines[5]) == ["#1 to #2", "sums", "#2 is better", "10", "+70.0 points", "8", "1", "0.0391", "0.0391", "6 (60.0%)"]
    assert lines[-3:] == [
        "#1 to #2",
        "  gained, not right to right, 8: sums-2, sums-3, sums-4, sums-5, sums-6, sums-7, sums-8, sums-9",
        "  lost, right to not right, 1: sums-1",
    ]


def test_lines_fit_into_a_terminal_and_lose_no_word(reports: Reports) -> None:
    reports.judged("before", "C" * 10 + "W" * 30)
    reports.judged("after", "W" * 10 + "C" * 30)
    comparison = comparison_of(read_runs(["before", "after"]))
    whole, fitted = comparison_lines(comparison), comparison_lines(comparison, width=80)
    assert max(map(len, whole)) > 100
    assert max(map(len, fitted)) <= 80
    assert {word for line in whole for word in line.split()} <= {word for line in fitted for word in line.split()}


def test_a_case_that_was_no_plain_mistake_says_so(reports: Reports) -> None:
    reports.judged("before", "NTWC")
    reports.judged("after", "CCCN")
    assert compared("before", "after")[-2:] == [
        "  gained, not right to right, 3: sums-0 (no answer), sums-1 (truncated), sums-2",
        "  lost, right to not right, 1: sums-3 (no answer)",
    ]


def test_a_case_with_an_error_on_either_side_is_left_out_and_named(reports: Reports) -> None:
    reports.judged("before", "ECWCE")
    reports.judged("after", "CEWCE")
    lines = compared("before", "after")
    assert cells(lines[5])[3:7] == ["2", "+0.0 points", "0", "0"]
    assert lines[-1] == "  left out, not judged, 3: sums-0 (in #1), sums-1 (in #2), sums-4 (in #1 and #2)"


def test_runs_that_share_no_judged_case_show_nothing(reports: Reports) -> None:
    reports.judged("before", "EC")
    reports.judged("after", "CE")
    assert cells(compared("before", "after")[5]) == ["#1 to #2", "sums", "no difference", "0", "-", "0", "0", "1", "1", "nothing"]


def test_several_pairs_are_corrected_together(reports: Reports) -> None:
    reports.judged("a", "WWWWWWWWWW")
    reports.judged("b", "CCCCCCWWWW")
    reports.judged("c", "CCCCCCCWWW")
    lines = compared("a", "b", "c")
    assert [cells(line)[0:3:2] + cells(line)[7:9] for line in lines[6:9]] == [
        ["#1 to #2", "no difference", "0.0312", "0.0625"],
        ["#1 to #3", "#3 is better", "0.0156", "0.0469"],
        ["#2 to #3", "no difference", "1", "1"],
    ]
    assert "Holm's correction over 3 pairs" in lines[10]


def test_the_worse_of_two_is_never_called_better(reports: Reports) -> None:
    reports.judged("good", "CCCCCCC")
    reports.judged("bad", "WWWWWWW")
    assert cells(compared("good", "bad")[5])[2:5] == ["#1 is better", "7", "-100.0 points"]


def test_one_run_of_two_strategies_is_compared_with_itself(reports: Reports) -> None:
    direct = [a_case(number, "W") for number in range(3)]
    tool = in_part([a_case(number, "C") for number in range(3)], strategy="tool")
    reports.leave("one", *direct, *tool)
    assert cells(compared("one")[5])[:2] == ["#1 to #2", "sums"]


def test_other_models_strategies_and_wordings_of_the_same_items_are_paired(reports: Reports) -> None:
    reports.judged("json", "CW", rows=ROWS | {"prompt": "json"})
    worded = in_part([a_case(0, "C", prompt="6*7 是多少？"), a_case(1, "C", prompt="6*7 是多少？")], model_name="other", strategy="tool")
    reports.leave("zh", *worded, rows=ROWS | {"prompt": "json-zh"})
    assert cells(compared("json", "zh")[5])[0] == "#1 to #2"


def test_only_runs_of_the_same_benchmark_are_paired(reports: Reports) -> None:
    cases = [a_case(0, "C")]
    reports.leave("one", *cases, *in_part(cases, benchmark="aqua"))
    reports.leave("two", *cases)
    lines = compared("one", "two")
    assert [cells(line)[0] for line in lines if line.startswith("#1 to")] == ["#1 to #3", "#1 to #3"]
    assert lines[-1] == "#2 has no other run of aqua beside it."


def test_like_is_paired_with_like_and_the_rest_only_when_asked(reports: Reports) -> None:
    for name, weights in (("before", "sha256:1"), ("after", "sha256:2")):
        asked = [
            in_part([a_case(0, "C")], model_name=model, strategy=strategy, prompt_name=prompt)
            for model in ("m", "n")
            for strategy in ("direct", "tool")
            for prompt in (("cot", "json") if name == "before" else ("cot", "boxed", "qa"))
        ]
        models = {"m": {"revision": weights, "quantisation": "nf4"}, "n": {"revision": "sha256:3", "quantisation": "none"}}
        reports.leave(name, *(case for cases in asked for case in cases), models=models)
    runs = read_runs(["before", "after"])
    pairs = [(pair.first.tally.name, pair.second.tally.name) for pair in comparison_of(runs).pairs]
    assert [pair for pair in pairs if pair[0].startswith("sums/m/direct")] == [
        ("sums/m/direct/cot", "sums/m/direct/cot"),
        ("sums/m/direct/json", "sums/m/direct/boxed"),
        ("sums/m/direct/json", "sums/m/direct/qa"),
    ]
    assert len(pairs) == 2 * 2 * 3
    assert len(comparison_of(runs, every=True).pairs) == 20 * 19 / 2
    assert len(comparison_of(runs[:1]).pairs) == 4 + 4 + 4  # the model, the strategy, the prompt


def test_what_another_model_keeps_of_the_first_runs_accuracy_stands_below_the_pairs(reports: Reports) -> None:
    for name, model, sums, maths in (("base", "m", "CCCW", "CCWW"), ("new", "n", "CCWW", "CCCW")):
        cases = [*(a_case(number, letter, model_name=model) for number, letter in enumerate(sums))]
        more = in_part([a_case(number, letter, model_name=model) for number, letter in enumerate(maths)], benchmark="maths")
        reports.leave(name, *cases, *more, models={model: {"revision": f"sha256:{model}"}})
    lines = compared("base", "new")
    told = [cells(line)[:7] for line in lines if cells(line)[3:4] in (["#1"], ["#2"], ["#1, #2"])]
    assert told == [
        ["sums", "#3", "direct", "#1", "75.0%", "50.0%", "66.7%"],
        ["maths", "#4", "direct", "#2", "50.0%", "75.0%", "150.0%"],
        ["mean", "#3, #4", "direct", "#1, #2", "-", "-", "108.3%"],
    ]
    compare(["base", "new"], "page.html")
    assert "Recovery" in (reports.root / "page.html").read_text(encoding="utf-8")
    reports.leave("asked otherwise", *in_part([a_case(0, "C")], model_name="n", strategy="tool"))
    reports.leave("short", a_case(0, "C"))
    assert not any("recovery" in line for line in compared("short", "asked otherwise"))


def test_what_has_no_like_is_not_compared_and_named(reports: Reports) -> None:
    direct, tool = [a_case(0, "C")], in_part([a_case(0, "C")], strategy="tool")
    reports.leave("one", *direct)
    reports.leave("both", *direct, *tool)
    assert compared("one", "both")[-1].startswith("Not compared: #3. No other differs from it only in what the runs differ in")
    compare(["one", "both"], "page.html")
    assert len(data((reports.root / "page.html").read_text(encoding="utf-8"))["series"]) == 2
    reports.leave("crossed", *in_part(direct, model_name="n"), *in_part(tool, model_name="m"))
    reports.leave("other", *in_part(direct, model_name="m"), *in_part(tool, model_name="n"))
    assert refusal("crossed", "other").endswith("no two are alike but for what the runs differ in: --all-pairs pairs them.")


def test_other_cases_are_refused_and_named(reports: Reports) -> None:
    reports.judged("all", "CCCCCC")
    reports.judged("some", "CC")
    assert refusal("all", "some") == (
        "#1 (reports/all, sums/m/direct) and #2 (reports/some, sums/m/direct) hold different items: "
        "4 cases only in #1: sums-2, sums-3, sums-4, .... Run both with the same --source, --sample and --seed, and no -k."
    )


def test_the_same_ids_with_another_expected_answer_are_refused_and_named(reports: Reports) -> None:
    reports.leave("one", a_case(0, "C"), a_case(1, "C"))
    reports.leave("two", a_case(0, "C"), a_case(1, "C", expected="43"))
    assert "hold different items: 1 case with another expected answer: sums-1 (42 and 43). " in refusal("one", "two")


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ({"seed": "42"}, {"seed": "7"}, "seed of the rows 42 and 7"),
        ({"source": "synthetic"}, {"source": "synthetic:held-out"}, "source of the rows synthetic and synthetic:held-out"),
        ({"source": "/a.jsonl", "sha256": "1f"}, {"source": "/a.jsonl", "sha256": "2e"}, "sha256 of the rows 1f and 2e"),
        ({"source": "hub", "rows": "1319"}, {"source": "hub", "rows": "1320"}, "rows of the rows 1319 and 1320"),
    ],
)
def test_other_rows_are_refused_and_named(first: Mapping[str, Any], second: Mapping[str, Any], said: str, reports: Reports) -> None:
    reports.judged("one", "C", rows=ROWS | first)
    reports.judged("two", "C", rows=ROWS | second)
    assert f"hold different items: {said}. " in refusal("one", "two")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"source": "/a.jsonl", "sha256": "1f"}, {"source": "/b.jsonl", "sha256": "1f"}),  # one file in two places
        ({"source": "hub", "seed": "1"}, {"source": "hub", "seed": "2"}),  # all rows of the hub, shuffled otherwise
    ],
)
def test_rows_that_are_the_same_by_another_name_are_paired(first: Mapping[str, Any], second: Mapping[str, Any], reports: Reports) -> None:
    reports.judged("one", "C", rows=ROWS | first)
    reports.judged("two", "C", rows=ROWS | second)
    assert cells(compared("one", "two")[5])[0] == "#1 to #2"


def test_runs_of_different_benchmarks_are_nothing_to_pair(reports: Reports) -> None:
    reports.judged("one", "C")
    reports.leave("two", *in_part([a_case(0, "C")], benchmark="aqua"))
    reports.leave("none")
    assert refusal("one", "two", "none") == (
        "nothing to pair: reports/one holds sums/m/direct; reports/two holds aqua/m/direct; "
        "reports/none holds no case. Give runs of one benchmark."
    )


def test_a_case_that_is_there_twice_cannot_be_paired(reports: Reports) -> None:
    reports.leave("one", a_case(0, "C"), a_case(0, "W", node_id="other.py::test_sums[m-direct-sums-0]"))
    reports.judged("two", "C")
    assert refusal("one", "two").startswith(
        "reports/one holds case sums-0 of sums twice (test_sums.py::test_sums[m-direct-sums-0] and other"
    )


def test_many_flips_are_wrapped_between_ids(reports: Reports) -> None:
    reports.judged("before", "W" * 200)
    reports.judged("after", "C" * 200)
    lines = compared("before", "after")
    flips = lines[lines.index("#1 to #2") + 1 : -1]
    assert max(map(len, flips)) <= 120
    assert " ".join(flips).count("sums-") == 200


def test_the_page_is_written_beside_what_is_printed(reports: Reports, capsys: pytest.CaptureFixture[str]) -> None:
    reports.judged("before", "CW")
    reports.judged("after", "WW")
    compare(["before", "after"], "page.html")
    assert capsys.readouterr().out.endswith("lost, right to not right, 1: sums-0\n\npage: page.html\n")
    found = data((reports.root / "page.html").read_text(encoding="utf-8"))
    assert [[reply["verdict"] for reply in case["replies"]] for case in found["cases"]] == [["correct", "wrong"], ["wrong", "wrong"]]


def test_the_page_tells_the_settings_that_run_json_holds(reports: Reports) -> None:
    models = {"m": {"revision": "sha256:0123", "quantisation": "none", "versions": "transformers 5.0, torch 2.9"}}
    reports.judged("before", "CW")
    reports.judged("after", "WW", models=models)
    compare(["before", "after"], "page.html")
    page = (reports.root / "page.html").read_text(encoding="utf-8")
    assert "The harness has the same settings: a difference between the two is the model&#39;s." in page


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("", "--html '' names no file; give one, such as compare.html."),
        ("reports", "--html reports is a folder; name a file in it, such as reports/compare.html."),
        ("nowhere/page.html", "--html nowhere/page.html: there is no folder nowhere; make it first."),
        ("x" * 300, f"--html {'x' * 300} cannot be written: "),
    ],
)
def test_a_page_that_cannot_be_written_is_refused(page: str, said: str, reports: Reports) -> None:
    reports.judged("before", "CW")
    reports.judged("after", "WW")
    with pytest.raises(CommandError) as raised:
        compare(["before", "after"], page)
    assert str(raised.value).startswith(said)


def test_a_page_is_not_written_where_nothing_can_be_compared(reports: Reports) -> None:
    reports.judged("before", "CW")
    reports.judged("after", "C")
    with pytest.raises(CommandError, match="hold different items"):
        compare(["before", "after"], "page.html")
    assert not (reports.root / "page.html").exists()


SEEN = "5ee" + "0" * 61
PNG = encoded_picture(PIL.Image.new("RGB", (3, 2)))
JPEG = b"\xff\xd8\xff" + bytes(9)
PAGE = f'<script type="application/json" id="data">{{"pictures":{{"{SEEN}":"data:image/png;base64,AAAA"}}}}</script>'.encode()


@pytest.mark.parametrize(
    ("files", "shown"),
    [
        ({f"pictures/{SEEN}.png": PNG, f"pictures/{'0' * 64}.png": PNG}, "data:image/png;base64," + base64.b64encode(PNG).decode()),
        ({f"pictures/{SEEN}.jpg": JPEG}, "data:image/jpeg;base64," + base64.b64encode(JPEG).decode()),
        ({f"pictures/{SEEN}.png": b"no picture"}, None),
        ({f"pictures/{SEEN}.png/notes.txt": b"a folder"}, None),
        ({"report.html": PAGE}, None),
        ({}, None),
    ],
)
def test_pictures_come_from_the_files_that_the_runs_left(files: dict[str, bytes], shown: str | None, reports: Reports) -> None:
    for name in ("before", "after"):
        folder = reports.leave(name, a_case(0, "C", picture=SEEN))
        for file, content in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)
    compare(["before", "after"], "page.html")
    page = (reports.root / "page.html").read_text(encoding="utf-8")
    assert (data(page)["pictures"], data(page)["cases"][0]["picture"]) == ({SEEN: shown} if shown else {}, SEEN)
    assert ("1 picture is not in the runs&#39; folders" in page) is not bool(shown)


@pytest.mark.parametrize("name", ["../../secret", "/etc/passwd", "", "5ee", "é" * 64])
def test_a_picture_whose_name_is_no_hash_is_looked_for_nowhere(name: str, reports: Reports) -> None:
    folder = reports.leave("before", a_case(0, "C", picture=name))
    (folder / "pictures").mkdir()
    (folder.parent / "secret.png").write_bytes(PNG)
    assert read_run("before").pictures == {}
