"""Stored replies judged by several extractors: the spread, the partings, and the run's own verdict among them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from itemwise.analysis.extractor_comparison import extract_from
from itemwise.commands import CommandError
from itemwise.commands.extractors import comparison_lines
from itemwise.extractors import last_number
from itemwise.extractors.named_extractor import NamedExtractor
from itemwise.results.run_folder import read_run
from tests.commands.conftest import Reports, a_case, in_part, said
from tests.reporting.conftest import a_reply

OURS, STRICT_JSON, REGEX, HASHES = "last-number", "strict-json", "regex-number", "strict-hashes"


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


def panel_of(reports: Reports, *cases: dict[str, Any], extractors: tuple[NamedExtractor, ...] = (), most: int = 20) -> list[str]:
    reports.leave("one", *cases)
    return comparison_lines(read_run("one"), extractors, most)


def row(lines: list[str], extractor: str) -> list[str]:
    (found,) = (cells(line) for line in lines if cells(line)[2:3] == [extractor])
    return found[3:]


def test_each_extractor_has_its_accuracy(reports: Reports) -> None:
    lines = panel_of(
        reports, said('{"answer": 42}', "42", 0), said('{"answer": "$42"}', "42", 1), said("#### 42", "42", 2), said("?", "42", 3)
    )
    assert row(lines, OURS)[0::2] == ["75.0%", "3", "1", "4"]
    assert {name: row(lines, name)[0] for name in (OURS, STRICT_JSON, REGEX, HASHES)} == {
        OURS: "75.0%",
        STRICT_JSON: "25.0%",
        REGEX: "75.0%",
        HASHES: "25.0%",
    }
    assert f"  the extractor moves the score by 50.0 points: 25.0% by {STRICT_JSON}, {HASHES}; 75.0% by {OURS}, {REGEX}" in lines


def test_lines_fit_into_a_terminal_and_lose_no_word(reports: Reports) -> None:
    whole = panel_of(reports, said('{"answer": 42}', "42", 0), said("I cannot say.", "42", 1), said('{"answer": "18", "n": 2}', "18", 2))
    fitted = comparison_lines(read_run("one"), width=80)
    assert max(map(len, whole)) > 100
    assert max(map(len, fitted)) <= 80
    assert [word for line in whole for word in line.split() if word not in "\n".join(fitted)] == []


def test_replies_read_in_more_than_one_way_are_listed_the_telling_ones_first(reports: Reports) -> None:
    lines = panel_of(
        reports,
        said('{"answer": 42}', "42", 0),
        said("I cannot say.", "42", 1),
        said('{"answer": "18", "confidence": 0.95}', "18", 2),
    )
    assert lines[-3:] == [
        "  2 replies are read in more than one way, 1 of them read by some and not by others",
        f"  sums-2, expected '18': '18' (right) by {OURS}, {STRICT_JSON}; '0.95' by {REGEX}; nothing by {HASHES}",
        f"  sums-0, expected '42': '42' (right) by {OURS}, {STRICT_JSON}, {REGEX}; nothing by {HASHES}",
    ]


def test_no_more_than_the_most_are_listed(reports: Reports) -> None:
    lines = panel_of(reports, *(said('{"answer": 42}', "42", number) for number in range(5)), most=2)
    assert [line.split(",")[0] for line in lines[-3:]] == ["  sums-0", "  sums-1", "  and 3 more; --most 5 lists all"]


@pytest.mark.parametrize(
    ("text", "finish_reason", "answer"),
    [
        ("6 bags of 7, 42 apples", "length", None),  # cut off, and 42 merely the last number
        ("6 bags of 7, 42 apples", "stop", "42"),
        ('{"answer": 42}, because 6*', "length", "42"),  # cut off, but the answer stood already
        ("I cannot say.", "stop", None),
    ],
)
def test_a_reply_that_was_cut_off_is_read_as_the_run_reads_it(text: str, finish_reason: str, answer: str | None) -> None:
    assert extract_from(last_number, a_reply(text, finish_reason=finish_reason)).answer == answer


def test_our_extractor_agrees_with_the_verdicts_of_a_run_that_used_it(reports: Reports) -> None:
    texts = ['{"answer": 42}', "so it is 41", "I cannot say.", "6 bags of 7, 42 apples", "The answer is 42. Now"]
    reasons = ["stop", "stop", "stop", "length", "length"]
    judged = ["C", "W", "N", "T", "C"]
    read = ["42", "41", None, None, "42"]
    cases = [
        a_case(number, verdict, answer=answer, reply={"text": text, "finish_reason": reason})
        for number, (verdict, answer, text, reason) in enumerate(zip(judged, read, texts, reasons, strict=True))
    ]
    lines = panel_of(reports, *cases)
    assert row(lines, OURS)[:5] == row(lines, "as the run judged")[:5] == ["40.0%", "11.8 to 76.9%", "2", "1", "2"]
    assert f"  {OURS} reads as the run did in 5 of 5 judged replies" in lines


def test_an_extractor_that_raises_is_reported_for_that_case_and_left_out_of_its_accuracy(reports: Reports) -> None:
    def brittle(text: str) -> str:
        return str(json.loads(text)["answer"])

    cases = [said('{"answer": 42}', "42", 0), said("\x1b[2Jno JSON", "42", 1)]
    lines = panel_of(reports, *cases, extractors=(NamedExtractor("mine:brittle", brittle),))
    assert row(lines, "mine:brittle") == ["100.0%", "20.7 to 100.0%", "1", "0", "0", "1", "2"]
    (parting,) = (line for line in lines if line.startswith("  sums-1"))
    assert parting.endswith("raised 'JSONDecodeError: Expecting value: line 1 column 1 (char 0)' by mine:brittle")


def test_an_extractor_that_returns_no_text_is_at_fault(reports: Reports) -> None:
    lines = panel_of(reports, said("42", "42"), extractors=(NamedExtractor("mine:length", len),))
    assert row(lines, "mine:length") == ["-", "-", "0", "0", "0", "1", "1"]
    assert any(line.endswith("raised 'int returned instead of text or None' by mine:length") for line in lines)


def test_extractors_of_numbers_are_not_asked_for_letters(reports: Reports) -> None:
    lines = panel_of(reports, said('{"answer": "B"}', "B"), extractors=(NamedExtractor("mine:first", lambda text: text[:1]),))
    assert [cells(line)[2] for line in lines[2:4]] == ["as the run judged", "mine:first"]


def test_each_benchmark_model_and_strategy_has_a_panel_of_its_own(reports: Reports) -> None:
    cases = [said('{"answer": 42}', "42")]
    lines = panel_of(reports, *cases, *in_part(cases, strategy="tool"))
    assert [line for line in lines if line.startswith("sums, ")] == ["sums, m, direct", "sums, m, tool"]


def test_a_case_whose_error_left_no_reply_is_not_read(reports: Reports) -> None:
    lines = panel_of(reports, a_case(0, "C"), a_case(1, "E"))
    assert row(lines, OURS)[-1] == "1"


def test_a_run_without_replies_says_so(reports: Reports) -> None:
    with pytest.raises(CommandError, match=r"reports/one holds no replies to read\."):
        panel_of(reports, a_case(0, "E"))


def test_what_a_model_wrote_cannot_steer_the_terminal(reports: Reports) -> None:
    lines = panel_of(reports, said('{"answer": "\\u001b[2J\\n\\u202e42"}', "42"))
    assert not any(character in line for line in lines for character in "\x1b\n\u202e")
