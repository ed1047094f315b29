"""The page of a comparison: what it tells, the cases it holds, and that nothing a model wrote is markup in it."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from itemwise.analysis.pairs import Pair, measurement
from itemwise.analysis.provenance import Part, Provenance
from itemwise.analysis.run_comparison import RunComparison
from itemwise.cases.picture import Picture
from itemwise.cases.reply import Verdict
from itemwise.causes import Cause
from itemwise.reporting.writers.compare_html import compare_html
from itemwise.results.entry import Entry
from itemwise.results.ledger import tallied
from tests.reporting.conftest import an_entry
from tests.reporting.writers.test_html import HOSTILE, a_png, elements, json_in

VERDICTS = {"C": Verdict.CORRECT, "W": Verdict.WRONG, "N": Verdict.NO_ANSWER, "T": Verdict.TRUNCATED, "E": Verdict.ERROR}
SAME: Provenance = {Part.MODEL: {"quantisation": "nf4"}, Part.HARNESS: {"prompt": "json"}, Part.MACHINE: {"torch": "2.9"}}
PICTURE = Picture("seen", a_png)


def data(page: str) -> dict[str, Any]:
    """What the page's script reads."""
    read: dict[str, Any] = json.loads(json_in(page, "data"))
    return read


def judged(verdicts: str, **changes: Any) -> list[Entry]:
    return [an_entry(number, VERDICTS[verdict], **changes) for number, verdict in enumerate(verdicts)]


def comparison(*runs: Sequence[Entry], measured: Sequence[Provenance] = ()) -> RunComparison:
    """The runs, each of one benchmark, compared as the command does."""
    held = [measurement(f"#{number}", f"run-{number}", tallied(run)[0], run) for number, run in enumerate(runs, start=1)]
    pairs = [Pair(*two) for two in combinations(held, 2) if two[0].tally.benchmark == two[1].tally.benchmark]
    told = list(measured) or [SAME] * len(held)
    return RunComparison(held, pairs, {each.label: settings for each, settings in zip(held, told, strict=True)})


def page_of(*runs: Sequence[Entry], measured: Sequence[Provenance] = (), pictures: Mapping[str, Picture] | None = None) -> str:
    return compare_html(comparison(*runs, measured=measured), pictures or {})


def visible(page: str) -> str:
    """The text of the page, its script and data left out."""
    return " ".join(html.unescape(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)).split())


def test_every_case_is_there_once_with_all_replies_and_its_change() -> None:
    found = data(page_of(judged("CWWCE"), judged("WCWCC")))
    kinds = [found["changes"][case["changes"][0]]["name"] for case in found["cases"]]
    assert dict(zip([case["id"] for case in found["cases"]], kinds, strict=True)) == {
        "sums-0": "lost", "sums-1": "gained", "sums-2": "same", "sums-3": "same", "sums-4": "left_out",
    }  # fmt: skip
    assert [reply["answer"] for reply in found["cases"][0]["replies"]] == ["42", "41"]
    assert found["cases"][0]["replies"][1]["causes"][0]["kind"] == "arithmetic slip"


def test_kinds_of_change_are_in_the_order_in_which_they_are_read() -> None:
    changes = data(page_of(judged("C"), judged("C")))["changes"]
    assert [change["name"] for change in changes] == [
        "lost", "lost_unreadable", "gained", "unreadable", "other_answer", "other_words", "new", "same", "left_out",
    ]  # fmt: skip
    assert [change["flip"] for change in changes] == ["lost", "lost", "gained", *[""] * 6]


def test_the_figures_of_the_pair_are_told() -> None:
    told = visible(page_of(judged("WWWWWWWWC"), judged("CCCCCCCCW")))
    assert "#2 is better by 77.8 points" in told
    assert (
        "+77.8 points: 8 gained and 1 lost of 9 cases, p 0.0391. The smallest difference that so many cases can show is 66.7 points" in told
    )


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("CW", "WC", "No difference is shown +0.0 points: 1 gained and 1 lost of 2 cases, p 1. So few cases can show no difference."),
        ("E", "C", "No difference is shown No case is judged on both sides."),
    ],
)
def test_where_nothing_can_be_shown_the_page_says_so(first: str, second: str, expected: str) -> None:
    assert expected in visible(page_of(judged(first), judged(second)))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, "The records tell no difference between the two."),
        ({Part.MODEL: {"quantisation": "none"}}, "The harness has the same settings: a difference between the two is the model's."),
        ({Part.HARNESS: {"prompt": "cot"}}, "The model is the same: a difference between the two is the harness's."),
        ({Part.MACHINE: {"torch": "3.0"}}, "Model and harness have the same settings; only the software or the machine differs."),
        (
            {Part.HARNESS: {"prompt": "cot"}, Part.MACHINE: {"torch": "3.0"}},
            "The model is the same: a difference between the two is the harness's, unless other software or another machine made it.",
        ),
        (
            {Part.MODEL: {"quantisation": "none"}, Part.HARNESS: {"prompt": "cot"}},
            "The model and the harness both differ, so this pair cannot tell whose a difference is.",
        ),
    ],
)
def test_a_difference_is_attributed_as_far_as_the_settings_tell(other: Provenance, expected: str) -> None:
    assert expected in visible(page_of(judged("CW"), judged("CC"), measured=[SAME, {**SAME, **other}]))


def test_settings_that_differ_stand_with_their_values_and_the_others_fold() -> None:
    page = page_of(judged("C"), judged("C"), measured=[SAME, {**SAME, Part.MODEL: {"quantisation": "none", "adapter": "lora"}}])
    told = visible(page)
    assert "model quantisation nf4 → none , adapter not told → lora" in told
    assert "model quantisation nf4 none model adapter not told lora What is the same: 2 settings" in told
    assert "Nothing that the runs recorded." in visible(page_of(judged("C"), judged("C")))


def test_settings_are_compared_within_a_benchmark() -> None:
    other = {**SAME, Part.MODEL: {"quantisation": "none"}}
    aqua = judged("C", benchmark="aqua")
    told = visible(page_of(judged("C"), aqua, judged("C"), aqua, measured=[SAME, other, SAME, other]))
    assert "sums-synthetic Nothing that the runs recorded." in told
    assert "aqua Nothing that the runs recorded." in told


def test_prompts_in_other_words_are_the_harnesss_though_no_setting_tells() -> None:
    told = visible(page_of(judged("C"), judged("C", prompt="6*7 = ?")))
    assert "a difference between the two is the harness's" in told
    assert "words of the prompt" in told
    assert "1 of 1 case is asked in other words." in told


def test_flips_with_one_reply_on_both_sides_are_counted_as_read_otherwise() -> None:
    reply = an_entry(0, Verdict.CORRECT).texts().reply
    page = page_of(judged("CC"), [an_entry(0, Verdict.WRONG, reply=reply), an_entry(1, Verdict.WRONG)])
    assert "1 of the 2 flips has the same reply on both sides: only how it was read made them." in visible(page)


def test_a_prompt_that_all_share_is_held_once() -> None:
    assert data(page_of(judged("C"), judged("W")))["cases"][0]["prompts"] == ["What is 6*7?"]
    assert data(page_of(judged("C"), judged("W", prompt="6*7 = ?")))["cases"][0]["prompts"] == ["What is 6*7?", "6*7 = ?"]


def test_three_runs_make_three_pairs_and_a_change_for_each() -> None:
    found = data(page_of(judged("C"), judged("W"), judged("C")))
    assert found["pairs"] == [{"first": 0, "second": 1}, {"first": 0, "second": 2}, {"first": 1, "second": 2}]
    assert [found["changes"][kind]["name"] for kind in found["cases"][0]["changes"]] == ["lost", "same", "gained"]


def test_cases_that_only_some_runs_hold_are_said() -> None:
    told = visible(page_of(judged("CC"), judged("CW"), judged("CCC", benchmark="aqua")))
    assert "The 2 cases of sums-synthetic are not in run-3." in told
    assert "#3 has no other run of aqua beside it. These cases are not shown." in told


def test_benchmarks_do_not_share_cases_of_one_name() -> None:
    runs = [judged("C"), judged("C", benchmark="aqua"), judged("W"), judged("C", benchmark="aqua")]
    found = data(page_of(*runs))
    assert [(case["benchmark"], case["id"], len(case["replies"])) for case in found["cases"]] == [
        ("sums-synthetic", "sums-0", 2),
        ("aqua", "sums-0", 2),
    ]
    assert "Compared: sums-synthetic and aqua" in visible(page_of(*runs))


def test_pictures_at_hand_are_inside_and_others_are_named_by_their_hash() -> None:
    found = data(page_of(judged("C", picture="seen"), judged("C", picture="seen"), pictures={"seen": PICTURE, "of another case": PICTURE}))
    assert found["pictures"] == {"seen": PICTURE.data_uri()}
    pages = [
        page_of(judged("C", picture="lost"), judged("C", picture="lost"), pictures=pictures)
        for pictures in ({}, {"lost": Picture("lost", lambda: b"no picture")}, {"lost": Picture("lost", lambda: Path("gone.png"))})
    ]
    for page in pages:
        assert (data(page)["pictures"], data(page)["cases"][0]["picture"]) == ({}, "lost")
        assert "1 picture is not in the runs' folders, under pictures/; earlier versions left them in report.html alone." in visible(page)


@pytest.mark.parametrize(
    ("first", "second", "diff"),
    [
        ("it is 42", "it is 42", None),
        ("it is 42", "it is 41", [6, 2, 2]),
        ("😀 it is 42", "😀 it is 41, yes", [9, 2, 7]),
        ("it was 42 then", "it is 42 now", [3, 3, 2, 4, 4, 3]),
        ("", "42", [0, 0, 2]),
        ("entirely of one kind", "nothing like that", "too few words in common to mark the others"),
        ("a " * 4000, "b " * 4000, "too long to be compared word by word"),
    ],
)
def test_where_two_replies_differ_is_told_by_the_lengths_of_their_pieces(first: str, second: str, diff: object) -> None:
    runs = [[an_entry(0, Verdict.CORRECT, reply={"text": text}, prompt=text)] for text in (first, second)]
    (case,) = data(page_of(*runs))["cases"]
    assert case["diffs"] == [diff]
    assert case["prompt_diffs"] == ([] if diff is None else [diff])


def test_the_span_that_was_read_is_counted_in_units_of_utf_16() -> None:
    text = "😀 it is 42"
    entry = an_entry(0, Verdict.CORRECT, reply={"text": text}, span=(8, 10))
    assert data(page_of([entry], [entry]))["cases"][0]["replies"][0]["span"] == [9, 11]


def test_the_page_asks_for_nothing_and_lets_its_own_script_run_alone() -> None:
    page = page_of(judged("CW"), judged("WC"))
    assert not [attributes for tag, attributes in elements(page) if tag == "link" or attributes.get("src") or attributes.get("href")]
    policy = next(attributes["content"] for _, attributes in elements(page) if attributes.get("http-equiv")) or ""
    [script] = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_what_a_model_wrote_makes_no_element(text: str) -> None:
    reply = {"text": text, "turns": [{"role": "assistant", "content": text}]}
    causes = (Cause(text, text),)
    words = dict.fromkeys(("answer", "rule", "expected", "prompt", "benchmark", "model_name", "strategy", "case"), text)
    hostile = [an_entry(0, Verdict.WRONG, reply=reply, causes=causes, tags={text: text}, picture=text, **words)]
    settings: Provenance = {part: {text: text, "own": text} for part in Part}
    page = page_of(hostile, hostile, measured=[settings, {**settings, Part.MODEL: {text: "other"}}], pictures={text: PICTURE})
    plain = page_of(judged("W"), judged("W"), measured=[SAME, {**SAME, Part.MODEL: {"quantisation": "none"}}])
    assert {tag for tag, _ in elements(page)} <= {tag for tag, _ in elements(plain)}
    assert not [name for _, attributes in elements(page) for name in attributes if name.startswith("on")]
    assert page.count("<script") == 3
    assert data(page)["cases"][0]["replies"][0]["text"] == text.encode("utf-8", "replace").decode()
    page.encode("utf-8")
