"""A run in the files of others, each read back by what reads them there, as far as that is installed with the tests."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import huggingface_hub
import pyarrow.parquet
import pytest
import yaml

from itemwise.__main__ import main
from itemwise.replies import read_replies
from tests.commands.conftest import ROWS, Reports, a_case, in_part

CHAT = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "What is 6*7?"},
    {"role": "assistant", "content": "thinking", "finish_reason": "stop", "prompt_tokens": 5, "completion_tokens": 9, "stop": ["Q:"]},
]
HUB = {**ROWS, "source": "hub", "hub": "owner/sums@0123", "rows": "40", "reader": "last_number", "shots": "5"}


def chatted(number: int, verdict: str, **changes: Any) -> dict[str, Any]:
    reply = {"text": "thinking", "finish_reason": "stop", "prompt_tokens": 5, "completion_tokens": 9, "turns": CHAT, "reasoning": "hm"}
    return a_case(number, verdict, reply=reply, **changes)


def written(folder: Path) -> dict[str, Path]:
    return {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}


def exported(to: str, *options: str) -> dict[str, Path]:
    assert main(["export", "first", "--to", to, "--into", "out", *options]) == 0
    return written(Path("out"))


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["export", *arguments]) == 2
    return capsys.readouterr().err


class TestLmEval:
    def test_has_results_and_samples_under_the_name_of_the_model(self, reports: Reports, capsys: pytest.CaptureFixture[str]) -> None:
        cases = [chatted(0, "C"), *(a_case(number, verdict) for number, verdict in enumerate("WNTE", start=1))]
        reports.leave("first", *cases, *in_part([a_case(0, "C")], strategy="retry"), rows=HUB)
        files = exported("lm-eval")
        date = "2026-05-01T12-00-00.000000"
        names = {f"m/results_{date}.json", f"m/samples_sums_{date}.jsonl", f"m/samples_sums_retry_{date}.jsonl"}
        assert set(files) == names
        assert capsys.readouterr().out.endswith("left out: 1 case that ended in an error\n")

        results = json.loads(files[f"m/results_{date}.json"].read_text())
        assert results["results"]["sums"]["exact_match,last_number"] == 0.25
        assert results["results"]["sums"]["exact_match_stderr,last_number"] == pytest.approx(0.25)  # sqrt(.25 * .75 / 3)
        assert (results["n-samples"]["sums"], results["n-shot"]["sums"]) == ({"original": 40, "effective": 4}, 5)
        assert (results["model_name"], results["config"]["model_args"]["revision"]) == ("m", "sha256:0123")

        samples = [json.loads(line) for line in files[f"m/samples_sums_{date}.jsonl"].read_text().splitlines()]
        assert [sample["exact_match"] for sample in samples] == [1.0, 0.0, 0.0, 0.0]
        assert [sample["filtered_resps"] for sample in samples] == [["42"], ["41"], ["[invalid]"], ["[invalid]"]]
        first = samples[0]
        assert (first["doc"]["case"], first["target"], first["resps"]) == ("sums-0", "42", [["thinking"]])
        assert json.loads(first["arguments"]["gen_args_0"]["arg_0"][0]) == CHAT[:2]
        assert first["arguments"]["gen_args_0"]["arg_1"]["until"] == ["Q:"]
        assert samples[1]["arguments"]["gen_args_0"]["arg_0"] == "What is 6*7?"

    @pytest.mark.parametrize("name", ["samples_gsm8k", "results_of_may"])
    def test_no_folder_of_a_model_is_taken_for_its_files(self, reports: Reports, name: str) -> None:
        reports.leave("first", a_case(0, "C", model_name=name), rows=HUB)
        files = [f"/{file}" for file in exported("lm-eval")]
        by_its_tools = [[file for file in files if f"/{kind}_" in file and ".json" in file] for kind in ("results", "samples")]
        date = "2026-05-01T12-00-00.000000"
        folder = f"/model_{name}"
        assert by_its_tools == [[f"{folder}/results_{date}.json"], [f"{folder}/samples_sums_{date}.jsonl"]]

    def test_is_read_again_as_the_same_replies(self, reports: Reports) -> None:
        reports.leave("first", chatted(0, "C"), a_case(1, "T"))
        files = exported("lm-eval")
        found = read_replies(next(file for name, file in files.items() if "samples_" in name))
        assert [(each.id, each.text, each.finish_reason) for each in found.replies] == [
            ("sums-0", "thinking", "stop"),
            ("sums-1", "First, 6*7", "length"),
        ]
        assert (found.replies[0].reasoning, [turn.role for turn in found.replies[0].asked]) == ("hm", ["system", "user"])
        assert (found.replies[0].completion_tokens, found.model, found.told["backend"]) == (9, "m", "itemwise")


class TestInspect:
    def test_is_a_log_for_each_task(self, reports: Reports) -> None:
        reports.leave("first", chatted(0, "C"), a_case(1, "T", choices=["a", "b"]), rows=HUB)
        ((name, file),) = exported("inspect").items()
        assert name.startswith("2026-05-01T12-00-00-00-00_sums_")
        log = json.loads(file.read_text())
        assert (log["eval"]["model"], log["eval"]["dataset"]["sample_ids"]) == ("itemwise/m", ["sums-0", "sums-1"])
        (score,) = log["results"]["scores"]
        assert score["metrics"]["accuracy"]["value"] == 0.5
        assert [sample["scores"]["itemwise"]["value"] for sample in log["samples"]] == ["C", "I"]
        assert [sample["output"]["choices"][0]["stop_reason"] for sample in log["samples"]] == ["stop", "max_tokens"]

    def test_is_read_again_as_the_same_replies(self, reports: Reports, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "inspect_ai", None)
        reports.leave("first", chatted(0, "C"), a_case(1, "T"))
        found = read_replies(*exported("inspect").values())
        assert [(each.id, each.text, each.finish_reason, each.completion_tokens) for each in found.replies] == [
            ("sums-0", "thinking", "stop", 9),
            ("sums-1", "First, 6*7", "length", 9),
        ]
        assert (found.replies[0].reasoning, [turn.role for turn in found.replies[0].asked]) == ("hm", ["system", "user"])


class TestModelCard:
    def test_is_read_by_the_hubs_own_code(self, reports: Reports) -> None:
        reports.leave("first", *(a_case(number, "C" if number else "W") for number in range(3)), rows=HUB)
        ((name, file),) = exported("model-card").items()
        assert name == ".eval_results/sums.yaml"
        (entry,) = huggingface_hub.parse_eval_result_entries(yaml.safe_load(file.read_text()))
        assert (entry.dataset_id, entry.dataset_revision, entry.task_id, entry.value) == ("owner/sums", "0123", "sums", 66.67)
        assert entry.date == "2026-05-01T12:00:00+00:00"
        assert entry.notes == (
            "accuracy in % by pytest-itemwise, 3 of 40 rows drawn with seed 42, 95% interval 20.77 to 93.85; strategy direct, prompt json, "
            "shots 5, extractor last_number"
        )

    def test_the_dataset_of_a_file_is_told_by_the_user(self, reports: Reports, capsys: pytest.CaptureFixture[str]) -> None:
        rows = {**ROWS, "source": "/data/test.jsonl", "rows": "1"}
        reports.leave("first", a_case(0, "C"), rows=rows)
        assert "came from /data/test.jsonl, which names no dataset of the hub; say which" in complaint(
            capsys, "first", "--to", "model-card"
        )
        (file,) = exported("model-card", "--dataset", "owner/sums@89ab", "--task", "main").values()
        (entry,) = huggingface_hub.parse_eval_result_entries(yaml.safe_load(file.read_text()))
        assert (entry.dataset_id, entry.dataset_revision, entry.task_id) == ("owner/sums", "89ab", "main")
        assert "all 1 row" in entry.notes

    @pytest.mark.parametrize(
        ("cases", "said"),
        [
            (
                [a_case(0, "C", benchmark="sums-synthetic")],
                "holds sums-synthetic: made rows, controls and variants are no dataset of the hub.",
            ),
            ([a_case(0, "C"), *in_part([a_case(0, "C")], model_name="n")], "several models (m, n), and this is of one model"),
            ([a_case(0, "C"), a_case(1, "E")], "1 of 2 cases of sums have a verdict; complete the run first."),
        ],
    )
    def test_what_is_no_result_of_a_model_is_refused(
        self, reports: Reports, capsys: pytest.CaptureFixture[str], cases: list[Any], said: str
    ) -> None:
        reports.leave("first", *cases, rows=HUB)
        assert said in complaint(capsys, "first", "--to", "model-card")


def test_csv_is_a_row_for_each_case(reports: Reports) -> None:
    text = '=1+1, "quoted"\nsecond line\r\u2028 \x1b[31m'
    reply = {"text": text, "finish_reason": "stop", "completion_tokens": 9, "turns": []}
    reports.leave("first", a_case(0, "C", reply=reply), a_case(1, "N"), a_case(2, "E"))
    (file,) = exported("csv").values()
    with file.open(encoding="utf-8", newline="") as table:
        first, second = csv.DictReader(table)
    assert (first["case"], first["verdict"], first["answer"], first["completion_tokens"], first["text"]) == (
        "sums-0",
        "correct",
        "42",
        "9",
        text,
    )
    assert (second["case"], second["verdict"], second["answer"]) == ("sums-1", "no answer", "")


def test_parquet_has_the_rows_of_csv_with_their_types(reports: Reports) -> None:
    odd = {"text": "half \ud800", "finish_reason": "stop", "completion_tokens": 9, "seconds": 0.25, "turns": []}
    reports.leave("first", a_case(0, "C", reply=odd, scores={"score": 0.75}), a_case(1, "N"), a_case(2, "E"))
    (file,) = exported("parquet").values()
    table = pyarrow.parquet.read_table(file)
    first, second = table.to_pylist()
    assert (first["case"], first["answer"], first["completion_tokens"], first["seconds"]) == ("sums-0", "42", 9, 0.25)
    assert (first["text"], second["answer"], second["verdict"]) == ("half \\ud800", None, "no answer")
    assert [str(table.schema.field(name).type) for name in ("answer", "completion_tokens", "seconds")] == ["string", "int64", "double"]
    with exported("csv")["cases.csv"].open(encoding="utf-8", newline="") as rows:
        assert [row["case"] for row in csv.DictReader(rows)] == table["case"].to_pylist()


def test_scores_and_thoughts_stand_beside_verdicts(reports: Reports) -> None:
    reports.leave("first", chatted(0, "C", scores={"score": 0.5, "score.parts": [2, 3]}), chatted(1, "W", scores={"score": 1.0}), rows=HUB)
    log = json.loads(next(iter(exported("inspect").values())).read_text())
    assert {name: score["value"] for name, score in log["samples"][0]["scores"].items()} == {
        "itemwise": "C",
        "score": 0.5,
        "score.parts": pytest.approx(2 / 3),
    }
    assert [score["metrics"]["mean"]["value"] for score in log["results"]["scores"][1:]] == [0.75, pytest.approx(2 / 3)]
    files = exported("lm-eval")
    (results,) = [json.loads(file.read_text()) for name, file in files.items() if "results_" in name]
    assert results["results"]["sums"]["score,last_number"] == 0.75
    first, _ = [json.loads(line) for line in next(file for name, file in files.items() if "samples_" in name).read_text().splitlines()]
    assert (first["score"], first["metrics"]) == (0.5, ["exact_match", "score", "score.parts"])
    with exported("csv")["cases.csv"].open(encoding="utf-8", newline="") as rows:
        assert [(row["reasoning"], row["repeat"]) for row in csv.DictReader(rows)] == [("hm", "1"), ("hm", "1")]


def test_names_that_are_one_in_files_overwrite_nothing(reports: Reports) -> None:
    reports.leave("first", a_case(0, "C"), *in_part([a_case(0, "W")], strategy="a b"), *in_part([a_case(0, "C")], strategy="a/b"))
    samples = sorted(name for name in exported("lm-eval") if "samples_" in name)
    assert [name.partition("_2026")[0] for name in samples] == ["m/samples_sums", "m/samples_sums_a_b-2", "m/samples_sums_a_b"]
    (results,) = [file for name, file in written(Path("out")).items() if "results_" in name]
    assert sorted(json.loads(results.read_text())["results"]) == ["sums", "sums_a_b", "sums_a_b-2"]


def test_pictures_that_no_format_holds_are_told(reports: Reports, capsys: pytest.CaptureFixture[str]) -> None:
    turns = [{"role": "user", "content": "Which?", "pictures": ["0" * 64]}, CHAT[-1]]
    reports.leave("first", chatted(0, "C"), a_case(1, "C", reply={"text": "thinking", "finish_reason": "stop", "turns": turns}))
    exported("inspect")
    assert capsys.readouterr().out.endswith("left out: the pictures of 1 case; the run's own folder has them\n")


def test_files_go_into_the_runs_own_folder_and_are_named(reports: Reports, capsys: pytest.CaptureFixture[str]) -> None:
    folder = reports.judged("first", "C")
    assert main(["export", "first", "--to", "csv"]) == 0
    assert capsys.readouterr().out == "written: reports/first/export/csv/cases.csv\n"
    assert (folder / "export" / "csv" / "cases.csv").is_file()


def test_what_cannot_be_exported_or_written_is_said(reports: Reports, capsys: pytest.CaptureFixture[str]) -> None:
    reports.judged("first", "C")
    reports.judged("second", "E")
    assert "reports/second holds no judged reply" in complaint(capsys, "second", "--to", "csv")
    assert "--dataset and --task are for --to model-card." in complaint(capsys, "first", "--to", "csv", "--task", "a")
    Path("out").write_text("a file")
    assert "out cannot be written: " in complaint(capsys, "first", "--to", "csv", "--into", "out")


def test_repeats_are_epochs_of_inspect_and_the_standard_error_of_lm_eval_is_over_items(reports: Reports) -> None:
    repeated = [a_case(1, letter, case=f"sums-1-repeat{repeat}", repeat=repeat) for repeat, letter in ((2, "C"), (3, "W"))]
    reports.leave("first", a_case(0, "C"), a_case(1, "C"), *repeated, rows=HUB)
    log = json.loads(next(iter(exported("inspect").values())).read_text())
    assert (log["eval"]["config"]["epochs"], log["eval"]["dataset"]["sample_ids"]) == (3, ["sums-0", "sums-1"])
    assert [(sample["id"], sample["epoch"]) for sample in log["samples"]] == [("sums-0", 1), ("sums-1", 1), ("sums-1", 2), ("sums-1", 3)]
    (file,) = [file for name, file in exported("lm-eval").items() if "results_" in name]
    metrics = json.loads(file.read_text())["results"]["sums"]
    assert metrics["exact_match,last_number"] == pytest.approx((1 + 2 / 3) / 2)
    assert metrics["exact_match_stderr,last_number"] == pytest.approx(1 / 6)  # of the items' shares, 1 and 2/3


def test_scored_texts_are_no_accuracy_to_export(reports: Reports, capsys: pytest.CaptureFixture[str]) -> None:
    scored = in_part([a_case(0, "C"), a_case(1, "C")], strategy="reference")
    reports.leave("first", a_case(0, "C"), *scored)
    assert [name for name in exported("lm-eval") if "samples" in name] == ["m/samples_sums_2026-05-01T12-00-00.000000.jsonl"]
    assert capsys.readouterr().out.endswith("left out: 2 cases of texts that were scored, which is no accuracy\n")
    assert len(exported("csv")["cases.csv"].read_text().splitlines()) == 4
    reports.leave("second", *scored)
    assert "texts that were scored, of which there is no accuracy" in complaint(capsys, "second", "--to", "lm-eval")
