"""The panel of prompts."""

from __future__ import annotations

import json

import pytest

from itemwise.cases.reply import Verdict
from itemwise.reporting.sections import prompts_section
from itemwise.reporting.sections.section import Section
from itemwise.reporting.writers.terminal import closing_lines
from tests.analysis.test_prompt_comparison import under
from tests.reporting.conftest import a_run, an_entry


def sections(**verdicts: str) -> list[Section]:
    return list(prompts_section.build(a_run(*(entry for prompt, letters in verdicts.items() for entry in under(prompt, letters)))))


def test_a_single_prompt_is_no_panel_and_leaves_no_key() -> None:
    (section,) = prompts_section.build(a_run(an_entry(0, Verdict.CORRECT)))
    assert (section.rows, section.legend, section.notes, section.record) == ([], (), [], {})


def test_each_prompt_stands_beside_the_best_with_what_its_extractor_moves() -> None:
    panel, _ = sections(json="WWWWWWWWWW", cot="CCCCCCCCWW", boxed="CCCCCCCCCC")
    titles = ("prompt", "accuracy", "against best", "gained", "lost", "p", "Holm p", "by extractor")
    assert [[panel.text(row, title) for title in titles] for row in panel.rows] == [
        ["json", "0.0%", "-100.0 points", "0", "10", "0.00195", "0.00586", "0.0% to 0.0%"],
        ["cot", "80.0%", "-20.0 points", "0", "2", "0.5", "0.5", "0.0% to 80.0%"],
        ["boxed", "100.0%", "best", "-", "-", "-", "-", "0.0% to 100.0%"],
    ]


@pytest.mark.parametrize(
    ("verdicts", "sentences"),
    [
        (
            {"json": "WWWWWWWWWW", "cot": "CCCCCCCCWW"},
            [
                "sums-synthetic, embedded-text, direct: the prompt moves the score by 80.0 points (+35.4 to +97.9), best cot 80.0% and "
                "worst json 0.0%; 8 gained, 0 lost, p 0.00781, Holm p over 1 pair 0.00781: a difference is shown",
                "  of 10 rows: 0 right under all 2 prompts, 2 under none, 8 under some: sums-0, sums-1, sums-2, sums-3, sums-4 and 3 more",
                "  the extractor moves the score of one prompt by up to 80.0 points: cot 0.0% by strict-hashes, 80.0% by the run",
            ],
        ),
        (
            {"json": "CW", "cot": "CC"},
            [
                "sums-synthetic, embedded-text, direct: the prompt moves the score by 50.0 points (-39.8 to +89.8), best cot 100.0% and "
                "worst json 50.0%; 1 gained, 0 lost, p 1, Holm p over 1 pair 1: no difference is shown; so few rows can show none",
            ],
        ),
        (
            {"json": "WW", "cot": "WN"},
            [
                "sums-synthetic, embedded-text, direct: the prompt does not move the score: 0.0% under each",
                "  of 2 rows: 0 right under all 2 prompts, 2 under none, 0 under some",
                "  the extractor moves the score of no prompt",
            ],
        ),
        (
            {"json": "CWE", "cot": "CWC"},
            [
                "sums-synthetic, embedded-text, direct: the prompt does not move the score: 50.0% under each",
                "  of 2 rows: 1 right under all 2 prompts, 1 under none, 0 under some; 1 of 3 are left out, not judged under all prompts",
            ],
        ),
    ],
)
def test_sentences_tell_the_spread_the_rows_and_the_extractor(verdicts: dict[str, str], sentences: list[str]) -> None:
    panel = sections(**verdicts)[0]
    assert [note.text for note in panel.notes][: len(sentences)] == sentences


def test_the_rows_that_change_have_their_verdict_under_each_prompt_but_not_in_a_terminal() -> None:
    panel, changing = sections(json="CWN", cot="CCW")
    assert (changing.title, [row.cells for row in changing.rows]) == (
        "Rows that the prompt changes: sums-synthetic, embedded-text, direct", [("sums-1", "wrong", "correct")],
    )  # fmt: skip
    assert changing.brief == ()
    assert [column.title for column in changing.columns] == ["row", "json", "cot"]
    assert panel.page.part == "above"


def test_where_no_row_changes_there_is_no_table_of_them() -> None:
    _, changing = sections(json="CW", cot="CW")
    assert (changing.heading, list(changing.rows)) == ("", [])


def test_the_record_has_every_figure_of_the_panel() -> None:
    (record,) = json.loads(json.dumps(sections(json="WWCC", cot="CCCN")[0].record["prompts"]))
    assert {name: record[name] for name in ("benchmark", "model", "strategy", "rows", "best", "worst", "spread", "pairs")} == {
        "benchmark": "sums-synthetic", "model": "embedded-text", "strategy": "direct", "rows": 4, "best": "cot", "worst": "json",
        "spread": 0.25, "pairs": 1,
    }  # fmt: skip
    assert (record["right_under_all"], record["right_under_none"]) == (["sums-2"], [])
    assert record["right_under_some"] == {"sums-0": ["cot"], "sums-1": ["cot"], "sums-3": ["json"]}
    first, best = record["by_prompt"]
    assert (first["prompt"], first["against"], first["change"], first["gained"], first["lost"]) == (
        "json", "cot", -0.25, ["sums-3"], ["sums-0", "sums-1"],
    )  # fmt: skip
    assert (best["prompt"], best["accuracy"], "against" in best) == ("cot", 0.75, False)
    assert first["by_reader"]["the run"] == 0.5


def test_a_terminal_shows_the_panel_once() -> None:
    run = a_run(*under("json", "WWCC"), *under("cot", "CCCN"))
    lines = closing_lines(run, "reports/run")
    assert sum("the prompt moves the score by" in line for line in lines) == 1
    assert not any(line.startswith("Rows that the prompt changes") for line in lines)
