"""Whole runs of benchmarks/test_scienceqa.py with the embedded vision model: made pictures, folders, parquet, odd files, controls."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import datasets
import PIL.Image
import pytest
import scipy.stats  # noqa: F401 - in-process runs forget the modules they import, and NumPy and torch import only once

import itemwise.models.local.load  # noqa: F401 - as above
from itemwise.cases.draw import draw_like_random
from itemwise.cases.picture import LARGEST
from itemwise.commands.compare import compare
from itemwise.synthetic import science_pictures

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "test_scienceqa.py"
OTHERS = ("hint", "lecture", "subject", "topic", "grade")


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    shutil.copy(BENCHMARK, pytester.path)
    return pytester


def made(count: int) -> list[dict[str, Any]]:
    return [row for row, _ in zip(science_pictures(7), range(count), strict=False)]


def png(image: PIL.Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, format="PNG")
    return content.getvalue()


def folder_of(root: Path, rows: list[dict[str, Any]]) -> Path:
    """Rows as a folder of pictures with a jsonl that names them."""
    (root / "rows" / "images").mkdir(parents=True)
    lines = []
    for number, row in enumerate(rows):
        row["image"].save(root / "rows" / "images" / f"{number}.png")
        lines.append({**{name: row[name] for name in ("question", "choices", "answer", *OTHERS)}, "image": f"images/{number}.png"})
    (root / "rows" / "rows.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return root / "rows"


def results(suite: pytest.Pytester) -> list[dict[str, Any]]:
    return [json.loads(line) for line in suite.path.joinpath("reports", "latest", "results.jsonl").read_text(encoding="utf-8").splitlines()]


def record(suite: pytest.Pytester) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(suite.path.joinpath("reports", "latest", "run.json").read_text(encoding="utf-8"))
    return found


def test_made_pictures_are_asked_of_the_embedded_vision_model_by_default(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--sample", "12")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.re_match_lines(
        [
            r"scienceqa-synthetic +embedded-vision +direct .*12 of 12",
            r"benchmark +model +strategy +accuracy +chance +one letter +p against it +controls",
            r'scienceqa-synthetic +embedded-vision +direct +\d+\.\d% +\d+\.\d% +always "[A-E]" \d+\.\d% .*not run',
            r".*split by.*",
            r".*kind: clock .*",
        ]
    )
    assert all(each["answer"] in ("A", "B", "C", "D", "E", None) for each in results(suite))
    assert all(each["reply"]["turns"][0]["pictures"] == [each["picture"]] for each in results(suite))


def test_controls_run_beside_the_cases_and_tell_the_paired_difference(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--sample", "24", "--control", "blank-image", "--control", "shuffle-options")
    (choices,) = record(suite)["choices"]
    assert [control["control"] for control in choices["controls"]] == ["blank-image", "shuffle-options"]
    assert [control["cases"] for control in choices["controls"]] == [24, 24]
    assert [each["benchmark"] for each in record(suite)["results"]] == [
        "scienceqa-synthetic",
        "scienceqa-synthetic-blank-image",
        "scienceqa-synthetic-shuffle-options",
    ]
    assert choices["controls"][0]["change"] < 0  # it looks
    result.stdout.re_match_lines([r"scienceqa-synthetic, embedded-vision, direct, blank-image: .*the picture is used"])


def test_pictures_stand_on_the_page(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess("--sample", "3")
    page = suite.path.joinpath("reports", "latest", "report.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == 3
    assert all(f'"{each["picture"]}"' in page for each in results(suite))


def test_a_comparison_shows_the_pictures_without_the_page_of_the_run(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess("--sample", "3", "--strategy", "direct", "--strategy", "retry")
    (suite.path / "reports" / "latest" / "report.html").unlink()
    shown = [each["picture"] for each in results(suite)]
    assert sorted(file.stem for file in (suite.path / "reports" / "latest" / "pictures").iterdir()) == sorted(set(shown))
    compare(["latest"], "compare.html")
    assert (suite.path / "compare.html").read_text(encoding="utf-8").count("data:image/png;base64,") == len(set(shown))


def test_a_folder_of_pictures_and_a_jsonl_are_rows(suite: pytest.Pytester) -> None:
    folder = folder_of(suite.path, made(6))
    suite.runpytest_inprocess("--source", str(folder), "--sample", "all")
    from_folder = [(each["expected"], each["picture"] != "", each["verdict"]) for each in results(suite)]
    assert [found[:2] for found in from_folder] == [("ABCDE"[row["answer"]], True) for row in made(6)]
    assert {found[2] for found in from_folder} <= {"correct", "wrong", "no answer", "truncated"}


def test_a_parquet_as_the_hub_has_it_gives_the_same_replies(suite: pytest.Pytester) -> None:
    rows = made(6)
    columns = {name: [row[name] for row in rows] for name in ("question", "choices", "answer", *OTHERS)}
    images = [{"bytes": png(row["image"]), "path": None} for row in rows]
    table = datasets.Dataset.from_dict({"image": [*images, None], **{name: [*values, values[0]] for name, values in columns.items()}})
    table.cast_column("image", datasets.Image()).to_parquet(suite.path / "test.parquet")
    suite.runpytest_inprocess("--source", "test.parquet", "--sample", "all")
    from_parquet = [(each["prompt"], each["reply"]["text"]) for each in results(suite)]
    suite.runpytest_inprocess("--source", str(folder_of(suite.path, rows)), "--sample", "all", "--fresh")
    assert from_parquet == [(each["prompt"], each["reply"]["text"]) for each in results(suite)]
    assert len(from_parquet) == 6  # the row without a picture is no case


def test_only_drawn_pictures_are_read(suite: pytest.Pytester) -> None:
    folder = folder_of(suite.path, made(4))
    lines = folder.joinpath("rows.jsonl").read_text().splitlines()
    missing = [json.dumps({**json.loads(lines[0]), "image": f"images/none-{number}.png"}) for number in range(400)]
    drawn = draw_like_random(range(404), 1, 42)[0]
    folder.joinpath("rows.jsonl").write_text("\n".join([*missing[:drawn], *lines, *missing[drawn:]]))
    result = suite.runpytest_inprocess("--source", str(folder), "--sample", "1")
    assert result.ret == pytest.ExitCode.OK
    assert results(suite)[0]["case"] == f"scienceqa-{drawn}"


def test_odd_pictures_are_shown_or_are_an_error_of_their_own_case(suite: pytest.Pytester) -> None:
    folder = folder_of(suite.path, made(9))
    images = folder / "images"
    PIL.Image.new("CMYK", (40, 40)).save(images / "0.jpg")
    (images / "0.jpg").rename(images / "0.png")
    PIL.Image.new("I;16", (40, 40), 30000).save(images / "1.png")
    PIL.Image.new("P", (40, 40), 3).save(images / "2.png")
    PIL.Image.new("RGB", (1, 1), "red").save(images / "3.png")
    frames = [PIL.Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    frames[0].save(images / "4.gif", save_all=True, append_images=frames[1:])
    (images / "4.gif").rename(images / "4.png")
    (images / "5.png").write_bytes(b"no picture")
    side = int(LARGEST**0.5) + 1
    PIL.Image.new("1", (side, side)).save(images / "6.png")
    (images / "7.png").unlink()
    result = suite.runpytest_inprocess("--source", str(folder), "--sample", "all")
    verdicts = {each["case"]: each["verdict"] for each in results(suite)}
    spoiled = {case for case, verdict in verdicts.items() if verdict == "error"}
    assert spoiled == {"scienceqa-5", "scienceqa-6", "scienceqa-7"}
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    said = {each["case"]: each["message"] for each in results(suite)}
    assert "no readable picture" in said["scienceqa-5"]
    assert "scale the picture down" in said["scienceqa-6"]
    assert "the picture cannot be read" in said["scienceqa-7"]


@pytest.mark.parametrize("prompt", ["letter", "json-zh", "letter-zh", "json-plain", "json-lecture"])
def test_every_wording_can_be_asked(suite: pytest.Pytester, prompt: str) -> None:
    suite.runpytest_inprocess("--sample", "2", "--prompt", prompt)
    assert record(suite)["rows"]["scienceqa-synthetic"]["prompt"] == prompt
    assert [each["verdict"] for each in results(suite)].count("error") == 0


def test_hint_and_lecture_are_switched_by_the_prompt(suite: pytest.Pytester) -> None:
    row = {**made(1)[0], "hint": "THE HINT", "lecture": "THE LECTURE"}
    folder = folder_of(suite.path, [row])
    shown = {}
    for prompt in ("json", "json-plain", "json-lecture"):
        suite.runpytest_inprocess("--source", str(folder), "--prompt", prompt)
        text = results(suite)[0]["prompt"]
        shown[prompt] = ("THE HINT" in text, "THE LECTURE" in text)
    assert shown == {"json": (True, False), "json-plain": (False, False), "json-lecture": (True, True)}


def test_a_text_model_is_not_asked_about_pictures_it_cannot_see(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--sample", "1", "--model", "embedded-text")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert results(suite)[0]["verdict"] == "error"
    assert "sees no pictures" in results(suite)[0]["message"]


def test_several_ways_of_asking_work_with_pictures(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess("--sample", "3", "--strategy", "direct", "--strategy", "retry", "--strategy", "vote:samples=2")
    assert {each["verdict"] for each in results(suite)} <= {"correct", "wrong", "no answer", "truncated"}
    (ladder,) = record(suite)["ladders"]
    assert [rung["rung"] for rung in ladder["rungs"]] == ["direct, strict-json", "direct", "retry", "vote:samples=2"]


def test_stored_replies_to_pictures_are_replayed(suite: pytest.Pytester) -> None:
    suite.runpytest_inprocess("--sample", "3")
    before = [each["reply"]["text"] for each in results(suite)]
    suite.runpytest_inprocess("--sample", "3", "--replay").stdout.fnmatch_lines(["0 replies generated, 3 from the store"])
    assert [each["reply"]["text"] for each in results(suite)] == before


def test_options_are_scored_with_pictures_stored_replayed_and_told_with_margins(suite: pytest.Pytester) -> None:
    options = ("--sample", "4", "--strategy", "likelihood:form=text", "--control", "circular-options")
    suite.runpytest_inprocess(*options).stdout.fnmatch_lines(
        ["*another option likelier*", "15 replies generated (0 tokens*, 4 from the store"]
    )
    asked = {line["case"]: line["reply"]["notes"]["likelihood"] for line in results(suite)}
    assert len(asked) == 4 + 15
    in_orders = record(suite)["results"][1]
    assert (in_orders["correct"], in_orders["sample"], in_orders["accuracy"]) == (3, 15, 0.25)
    wrong = [line["causes"][0]["evidence"] for line in results(suite) if line["verdict"] == "wrong"]
    assert wrong
    assert all(" nats above the expected " in evidence for evidence in wrong)
    row = record(suite)["likelihood"][0]
    assert (row["form"], row["norm"], row["n"]) == ("text", "sum", 4)
    suite.runpytest_inprocess(*options, "--replay").stdout.fnmatch_lines(["0 replies generated, 19 from the store"])
    assert {line["case"]: line["reply"]["notes"]["likelihood"] for line in results(suite)} == asked
