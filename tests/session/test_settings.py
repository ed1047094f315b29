"""What a run is asked to measure: command line over pyproject.toml over defaults, every fault named with its remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from itemwise.analysis.named_extractors import extractor_names
from itemwise.gates.gate import Gate
from itemwise.session.cli_and_pyproject import OPTIONS
from itemwise.session.settings import Settings, SettingsError, read_settings

STRATEGIES = ("direct", "retry", "tool", "vote")


def names(settings: Settings) -> tuple[str, ...]:
    return tuple(chosen.name for chosen in settings.strategies)


class Project:
    """A project's folder with a pyproject.toml, and a folder in it where the command is given."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.here = root / "work"
        self.here.mkdir()

    def configure(self, *lines: str, table: str = "tool.itemwise") -> None:
        with (self.root / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write("\n".join([f"[{table}]", *lines, ""]))

    def model(self, path: str) -> Path:
        folder = self.root / path
        folder.mkdir(parents=True)
        (folder / "config.json").write_text("{}")
        return folder

    def read(self, **given: Any) -> Settings:
        return read_settings({name.replace("_", "-"): value for name, value in given.items()}, root=self.root, here=self.here)

    def complaint(self, **given: Any) -> str:
        with pytest.raises(SettingsError) as raised:
            self.read(**given)
        return str(raised.value)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


class TestPrecedence:
    def test_defaults_are_fifty_synthetic_cases_of_the_embedded_model(self, project: Project) -> None:
        settings = project.read()
        assert [entry.name for entry in settings.models] == ["embedded-text"]
        assert (names(settings), settings.sample, settings.seed, settings.source.text) == (("direct",), 50, 42, "synthetic")
        assert (settings.prompts, settings.quantisations, settings.token_limits, settings.batch_size) == ((), ("nf4",), (), None)
        assert (settings.gates, settings.report_dir) == ((), project.root / "reports")

    @pytest.mark.parametrize(("given", "size", "planned"), [("auto", None, 64), ("8", 8, 8)])
    def test_a_batch_size_is_a_number_or_found_out(self, project: Project, given: str, size: int | None, planned: int) -> None:
        project.configure("batch-size = 4")
        settings = project.read(batch_size=given)
        assert (settings.batch_size, settings.planned_batch) == (size, planned)

    def test_pyproject_comes_before_the_defaults(self, project: Project) -> None:
        project.configure('strategy = ["tool"]', "sample = 7", "seed = 1", 'quant = "none"', "batch-size = 4", "max-new-tokens = 99")
        settings = project.read()
        assert (names(settings), settings.sample, settings.seed, settings.quantisations) == (("tool",), 7, 1, ("none",))
        assert (settings.batch_size, settings.token_limits) == (4, (99,))

    def test_the_command_line_comes_before_pyproject(self, project: Project) -> None:
        project.configure('strategy = ["tool"]', "sample = 7", "seed = 1", 'fail-under = ["gsm8k=0.9"]')
        settings = project.read(strategy=["direct"], sample="8", seed="0", fail_under=["gsm8k=0.5"])
        assert (names(settings), settings.sample, settings.seed) == (("direct",), 8, 0)
        assert settings.gates == (Gate("gsm8k", 0.5),)

    def test_what_the_command_line_leaves_out_stays_as_pyproject_has_it(self, project: Project) -> None:
        project.configure("sample = 7", "seed = 1")
        assert (project.read(sample="8").sample, project.read(sample="8").seed) == (8, 1)

    def test_one_word_stands_for_a_list_of_one(self, project: Project) -> None:
        project.configure('strategy = "tool"', 'fail-under = "gsm8k=0.8"')
        assert (names(project.read()), project.read().gates) == (("tool",), (Gate("gsm8k", 0.8),))

    def test_a_project_without_pyproject_has_the_defaults(self, tmp_path: Path) -> None:
        assert read_settings({}, root=tmp_path / "none", here=tmp_path).sample == 50

    def test_the_source_is_seeded_like_the_draw(self, project: Project) -> None:
        assert project.read(seed="7").source.seed == 7

    def test_every_option_may_stand_in_pyproject(self, project: Project) -> None:
        project.configure(*(f"{option.name} = 'x'" for option in OPTIONS))
        assert "has no setting" not in project.complaint()


class TestPath:
    def test_of_a_source_is_relative_to_where_the_command_is_given(self, project: Project) -> None:
        (project.here / "rows.jsonl").touch()
        assert project.read(source="rows.jsonl").source.path == project.here / "rows.jsonl"

    def test_of_a_source_in_pyproject_is_relative_to_its_folder(self, project: Project) -> None:
        (project.root / "rows.jsonl").touch()
        project.configure('source = "rows.jsonl"')
        assert project.read().source.path == project.root / "rows.jsonl"

    def test_of_the_reports_is_relative_to_where_it_was_said(self, project: Project) -> None:
        project.configure('report-dir = "out"')
        assert (project.read().report_dir, project.read(report_dir="out").report_dir) == (project.root / "out", project.here / "out")

    def test_of_the_baseline_is_relative_to_where_it_was_said(self, project: Project) -> None:
        for folder in (project.root / "before", project.here / "before"):
            folder.mkdir()
            (folder / "run.json").touch()
        project.configure('baseline = "before"')
        found = project.read().baseline, project.read(baseline="before").baseline
        assert found == (str(project.root / "before"), str(project.here / "before"))

    def test_of_the_baseline_may_be_a_name_in_the_report_folder(self, project: Project) -> None:
        assert project.read(baseline="latest").baseline == "latest"

    def test_of_the_reports_may_be_in_the_home_folder(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", str(project.root))
        assert project.read(report_dir="~/out").report_dir == project.root / "out"

    def test_of_a_model_is_relative_to_where_the_command_is_given(self, project: Project) -> None:
        folder = project.model("work/checkpoint")
        assert project.read(model=["./checkpoint"], source="synthetic").models[0].location == str(folder)

    def test_of_a_model_in_pyproject_is_relative_to_its_folder(self, project: Project) -> None:
        folder = project.model("checkpoint")
        project.configure('model = ["./checkpoint"]', 'source = "synthetic"')
        assert project.read().models[0].location == str(folder)

    def test_of_a_model_with_a_name_of_its_own_is_relative_to_pyproject(self, project: Project) -> None:
        folder = project.model("checkpoint")
        project.configure('location = "checkpoint"', "max-new-tokens = 64".replace("-", "_"), table="tool.itemwise.models.mine")
        (entry,) = project.read(model=["mine"]).models
        assert (entry.name, entry.location, entry.local, entry.max_new_tokens) == ("mine", str(folder), True, 64)


class TestGGUF:
    def test_is_loaded_as_it_is_beside_models_that_are_quantised(self, project: Project) -> None:
        (project.root / "work" / "tiny.gguf").touch()
        settings = project.read(model=["./tiny.gguf", "embedded-text"], source="synthetic")
        assert [(entry.name, entry.quantisation) for entry in settings.models] == [("tiny", "none"), ("embedded-text", "nf4")]
        assert settings.quantisations == ("none", "nf4")

    def test_takes_no_quantisation_that_is_asked_for(self, project: Project) -> None:
        (project.root / "work" / "tiny.gguf").touch()
        assert project.read(model=["./tiny.gguf"], source="synthetic", quant=["none"]).quantisations == ("none",)
        with pytest.raises(SettingsError, match="tiny is a GGUF, which is quantised already, so --quant nf4 cannot be applied"):
            project.read(model=["./tiny.gguf"], source="synthetic", quant=["nf4"])


class TestTokenLimit:
    def test_is_the_models_own_unless_it_is_given(self, project: Project) -> None:
        asked, left = project.read(max_new_tokens="99"), project.read()
        assert (asked.models[0].max_new_tokens, left.models[0].max_new_tokens) == (99, 512)


class TestSeveralWaysToLoad:
    def test_a_model_is_asked_under_each_quantisation_and_limit_by_a_name_of_its_own(self, project: Project) -> None:
        settings = project.read(quant=["none", "int8"], max_new_tokens=["64", "128"])
        assert [(entry.name, entry.quantisation, entry.max_new_tokens) for entry in settings.models] == [
            ("embedded-text+none+64-tokens", "none", 64),
            ("embedded-text+none+128-tokens", "none", 128),
            ("embedded-text+int8+64-tokens", "int8", 64),
            ("embedded-text+int8+128-tokens", "int8", 128),
        ]
        assert [entry.name for entry in settings.models_for(pictures=True)][:1] == ["embedded-vision+none+64-tokens"]
        assert (settings.record()["quantisation"], settings.record()["max_new_tokens"]) == (["none", "int8"], [64, 128])

    def test_a_single_one_leaves_the_name_as_it_is(self, project: Project) -> None:
        (entry,) = project.read(quant=["int8"], max_new_tokens=["64"]).models
        assert (entry.name, entry.quantisation, entry.max_new_tokens) == ("embedded-text", "int8", 64)

    def test_a_model_computes_in_each_type(self, project: Project) -> None:
        settings = project.read(compute=["float32", "bfloat16"])
        assert [(entry.name, entry.compute) for entry in settings.models] == [
            ("embedded-text+float32", "float32"),
            ("embedded-text+bfloat16", "bfloat16"),
        ]
        assert settings.record()["compute"] == ["float32", "bfloat16"]
        (alone,) = project.read(compute=["bfloat16"]).models
        assert (alone.name, alone.compute) == ("embedded-text", "bfloat16")

    def test_a_model_on_a_server_has_no_quantisation_from_here(self, project: Project) -> None:
        asked = project.read(model=["http://host:8000/v1#m"], quant=["none", "int8"], max_new_tokens=["64", "128"], source="synthetic")
        assert [entry.name for entry in asked.models] == ["m+64-tokens", "m+128-tokens"]

    def test_pyproject_may_list_them(self, project: Project) -> None:
        project.configure('quant = ["nf4", "int8"]', "max-new-tokens = [64, 128]")
        assert (project.read().quantisations, project.read().token_limits) == (("nf4", "int8"), (64, 128))

    @pytest.mark.parametrize(
        ("given", "complaint"),
        [
            ({"quant": ["int8", "int8"]}, "--quant int8 is given twice."),
            ({"compute": ["float64"]}, "--compute must be one of auto, float32, bfloat16, got float64."),
            ({"quant": ["int9"]}, "--quant must be one of nf4, fp4, int8, none, got int9."),
            ({"max_new_tokens": ["64", "64"]}, "--max-new-tokens 64 is given twice."),
            ({"max_new_tokens": ["64", "0"]}, "--max-new-tokens must be a whole number of at least 1, got 0."),
        ],
    )
    def test_what_cannot_be_is_refused(self, project: Project, given: dict[str, list[str]], complaint: str) -> None:
        assert project.complaint(**given) == complaint


class TestSource:
    def test_is_synthetic_for_the_embedded_model_and_the_hub_for_others(self, project: Project) -> None:
        assert [project.read(model=[name]).source.kind for name in ("embedded-text", "owner/name")] == ["synthetic", "hub"]

    def test_must_be_said_where_the_models_differ(self, project: Project) -> None:
        assert project.complaint(model=["embedded-text", "owner/name"]) == (
            "these models are asked different rows by default (embedded-text: synthetic, name: hub); say which with --source."
        )

    def test_is_one_for_all_models_once_it_is_said(self, project: Project) -> None:
        assert project.read(model=["embedded-text", "owner/name"], source="synthetic").source.kind == "synthetic"

    def test_that_is_empty_is_not_taken_for_the_default(self, project: Project) -> None:
        assert project.complaint(source="").startswith("--source '': no such file or folder")


class TestSample:
    @pytest.mark.parametrize(("given", "read"), [("all", None), ("1", 1), (1319, 1319)])
    def test_is_a_number_or_all(self, given: Any, read: int | None, project: Project) -> None:
        assert project.read(sample=given).sample == read

    def test_of_all_is_left_to_the_benchmarks_where_no_source_was_named(self, project: Project) -> None:
        settings = project.read(sample="all")
        assert (settings.sample, settings.source.text) == (None, "synthetic")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sample": "0"}, '--sample must be at least 1 or "all", got 0.'),
        ({"sample": "-5"}, '--sample must be at least 1 or "all", got -5.'),
        ({"sample": "half"}, '--sample must be at least 1 or "all", got half.'),
        ({"sample": "ALL"}, '--sample must be at least 1 or "all", got ALL.'),
        (
            {"sample": "all", "source": "synthetic"},
            "--sample all has no end with --source synthetic; give a number such as --sample 1319.",
        ),
        ({"seed": "-1"}, "--seed must be a whole number of at least 0, got -1."),
        ({"seed": "now"}, "--seed must be a whole number of at least 0, got now."),
        ({"batch_size": "0"}, '--batch-size must be at least 1 or "auto", got 0.'),
        ({"max_new_tokens": "1.5"}, "--max-new-tokens must be a whole number of at least 1, got 1.5."),
        ({"strategy": ["guess"]}, "--strategy must be one of "),
        ({"strategy": ["direct", "direct"]}, "--strategy direct is given twice."),
        ({"model": ["embedded-text", "embedded-text"]}, "--model embedded-text is given twice."),
        ({"quant": "int4"}, "--quant must be one of nf4, fp4, int8, none, got int4."),
        ({"source": "rows.csv"}, "--source 'rows.csv': no such file or folder; give a path, hub, or synthetic."),
        ({"source": "synthetic:new"}, "--source 'synthetic:new': synthetic rows are seen, held-out, all, trained, not 'new'."),
        (
            {"model": ["embeded-text"]},
            "--model embeded-text: no such model. Did you mean embedded-text? `python -m itemwise models` lists the ",
        ),
        ({"model": ["./missing"]}, "--model ./missing: no such folder ("),
    ],
    ids=lambda value: "" if isinstance(value, str) else " ".join(map(str, value.values())),
)
def test_a_setting_that_cannot_be_used_is_named_with_its_value_and_what_it_may_be(
    given: dict[str, Any], said: str, project: Project
) -> None:
    assert project.complaint(**given).startswith(said)


@pytest.mark.parametrize(
    "text",
    [
        *("gsm8k", "gsm8k=", "=0.8", "gsm8k=80", "gsm8k=80%", "gsm8k=-0.1", "gsm8k=nan", "gsm8k=high", "gsm 8k=0.8", ""),
        *("gsm8k>0.8", "gsm8k=>0.8", "gsm8k==0.8", "gsm8k/=0.8", "gsm8k//direct=0.8", "/m=0.8"),
    ],
)
def test_a_gate_that_cannot_be_read_is_shown_with_an_example(text: str, project: Project) -> None:
    assert project.complaint(fail_under=[text]) == (
        "--fail-under must be BENCHMARK=ACCURACY with an accuracy of 0 to 1, such as gsm8k=0.80 "
        "(gsm8k>=0.80 for the lower end of the interval, gsm8k/MODEL/STRATEGY=0.80 for a part, score=0.60 for a score), or kl<=NATS, "
        f"got {text!r}."
    )


@pytest.mark.parametrize(
    ("text", "gate"), [("gsm8k=0.80", Gate("gsm8k", 0.8)), (" gsm8k = 1 ", Gate("gsm8k", 1.0)), ("a-b_c=0", Gate("a-b_c", 0.0))]
)
def test_a_gate_is_a_benchmark_and_an_accuracy(text: str, gate: Gate) -> None:
    assert Gate.parse(text, STRATEGIES) == gate


@pytest.mark.parametrize(
    ("text", "gate"),
    [
        ("gsm8k>=0.8", Gate("gsm8k", 0.8, by_interval=True)),
        ("gsm8k >= 0.8", Gate("gsm8k", 0.8, by_interval=True)),
        ("gsm8k/qwen2.5-7b-instruct=0.8", Gate("gsm8k", 0.8, "qwen2.5-7b-instruct")),
        ("gsm8k/m/tool=0.8", Gate("gsm8k", 0.8, "m", "tool")),
        ("gsm8k/m/tool>=0.8", Gate("gsm8k", 0.8, "m", "tool", by_interval=True)),
        ("gsm8k/owner/m/direct=0.8", Gate("gsm8k", 0.8, "owner/m", "direct")),
        ("gsm8k/owner/m=0.8", Gate("gsm8k", 0.8, "owner/m")),
        ("gsm8k/direct=0.8", Gate("gsm8k", 0.8, "direct")),
        ("gsm8k/m=4=0.8", Gate("gsm8k", 0.8, "m=4")),
    ],
)
def test_a_gate_may_name_the_interval_a_model_and_a_strategy(text: str, gate: Gate) -> None:
    assert Gate.parse(text, STRATEGIES) == gate


@pytest.mark.parametrize("text", ["gsm8k=0.8", "gsm8k>=0.8", "gsm8k/m=0.805", "gsm8k/owner/m/tool>=1.0"])
def test_a_gate_is_spelled_as_it_was_given(text: str) -> None:
    assert Gate.parse(text, STRATEGIES).text == text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "samples = 5",
            "[tool.itemwise] has no setting 'samples'; it may have adapter, base-model, baseline, batch-invariance, batch-size, ",
        ),
        (
            "max_new_tokens = 5",
            "[tool.itemwise] has no setting 'max_new_tokens'; it may have adapter, base-model, baseline, batch-invariance, batch-size, ",
        ),
        ("fail-under = 0.8", '--fail-under must be text ("..." in pyproject.toml), got 0.8.'),
        ("model = 7", '--model must be text ("..." in pyproject.toml), got 7.'),
        ("model = [7]", '--model must be text ("..." in pyproject.toml), got 7.'),
        ("model = []", "--model must name at least one, got none."),
        ("strategy = []", "--strategy must name at least one, got none."),
        ("source = 7", '--source must be text ("..." in pyproject.toml), got 7.'),
        ("baseline = 7", '--baseline must be text ("..." in pyproject.toml), got 7.'),
        ("prompt = 7", '--prompt must be text ("..." in pyproject.toml), got 7.'),
        ("report-dir = 7", '--report-dir must be text ("..." in pyproject.toml), got 7.'),
        ("sample = true", '--sample must be at least 1 or "all", got True.'),
        ("models = 'mine'", "[tool.itemwise.models] must hold tables, [tool.itemwise.models.NAME] with a location, got 'mine'."),
        ("models.mine = 'folder'", "[tool.itemwise.models] must hold tables, [tool.itemwise.models.NAME] with a location, got {'mine': "),
        ("models.mine = {}", "[tool.itemwise.models.mine] needs location: a hub id, a folder, a GGUF file, or a server's URL."),
        (
            "models.mine = {place = 'x'}",
            "[tool.itemwise.models.mine] has no setting 'place'; it may have adapter, decoding, key_env, location, ",
        ),
    ],
)
def test_what_pyproject_cannot_mean_is_named(line: str, said: str, project: Project) -> None:
    project.configure(line)
    assert project.complaint().startswith(said)


def test_a_pyproject_that_cannot_be_read_is_named(project: Project) -> None:
    project.configure("sample = ")
    assert project.complaint().startswith(f"{project.root / 'pyproject.toml'} cannot be read: ")


def test_a_strategy_of_ones_own_is_found_beside_pyproject_and_where_the_command_is_given(project: Project) -> None:
    for folder in (project.root, project.here):
        module = f"own_{folder.name.replace('-', '_')}"
        (folder / f"{module}.py").write_text("async def twopass(chat, ask, extract, *, passes: int = 2): ...")
        assert names(project.read(strategy=[f"{module}:twopass:passes=3"])) == ("twopass:passes=3",)


def test_two_strategies_of_one_name_are_refused(project: Project) -> None:
    (project.root / "own_direct.py").write_text("async def direct(chat, ask, extract): ...")
    assert project.complaint(strategy=["direct", "own_direct:direct"]) == (
        "two strategies are called 'direct', so their cases could not be told apart; rename one."
    )


def test_a_gate_may_speak_of_a_strategy_with_settings(project: Project) -> None:
    settings = project.read(strategy=["vote:samples=9"], fail_under=["gsm8k/m/vote:samples=9=0.8"])
    assert settings.gates == (Gate("gsm8k", 0.8, "m", "vote:samples=9"),)


def test_an_extractor_is_one_of_ours_or_ones_own(project: Project) -> None:
    (project.root / "own_extractors.py").write_text("def first(text): return text[:1]")
    extractor = project.read(extractor="own_extractors:first").extractor
    assert extractor is not None
    assert (extractor.name, extractor.extract("42")) == ("own_extractors:first", "4")
    assert project.complaint(extractor="strict") == (
        f"--extractor must be one of {', '.join(extractor_names())}, or MODULE:FUNCTION for one of your own, got 'strict'."
    )


class TestAFormerName:
    def test_works_and_the_new_one_is_said(self, project: Project) -> None:
        project.configure('reader = "strict-json"')
        settings = project.read()
        assert settings.extractor is not None
        assert settings.extractor.name == "strict-json"
        assert settings.renamed == ("reader in [tool.itemwise] is now extractor in [tool.itemwise]; the former name still works",)
        assert project.read(reader="last-number").renamed[0] == "--reader is now --extractor; the former name still works"

    def test_on_the_command_line_comes_before_pyproject(self, project: Project) -> None:
        project.configure('extractor = "strict-json"')
        settings = project.read(reader="first-capital")
        assert settings.extractor is not None
        assert (settings.extractor.name, settings.given) == ("first-capital", {"extractor"})

    def test_beside_the_new_one_is_refused(self, project: Project) -> None:
        assert project.complaint(reader="last-number", extractor="last-number") == (
            "--reader is the former name of --extractor: give only --extractor."
        )

    def test_is_said_by_nobody_who_uses_the_new_one(self, project: Project) -> None:
        assert project.read(extractor="last-number").renamed == ()


def test_an_adapter_fits_one_model(project: Project) -> None:
    said = project.complaint(model=["qwen2.5-7b-instruct", "llama-2-7b-chat"], adapter="lora")
    assert said.startswith("--adapter fits one model, got qwen2.5-7b-instruct, llama-2-7b-chat; give one --model, or name each pair")


def test_a_model_is_asked_without_and_with_each_adapter_in_the_order_given(project: Project) -> None:
    for name in ("a/step-100", "a/step-200", "b/step-200"):
        (folder := project.here / name).mkdir(parents=True)
        (folder / "adapter_config.json").write_text('{"peft_type": "LORA"}')
        (folder / "adapter_model.safetensors").touch()
    models = project.read(adapter=["none", "a/step-100", "a/step-200"]).models
    assert [model.name for model in models] == ["embedded-text", "embedded-text+step-100", "embedded-text+step-200"]
    assert [model.adapter for model in models] == [None, *(str(project.here / "a" / name) for name in ("step-100", "step-200"))]
    assert project.complaint(adapter=["a/step-200", "b/step-200"]).startswith("two models are called 'embedded-text+step-200'")
    project.configure('adapter = "work/a/step-100"')
    assert [model.name for model in project.read().models] == ["embedded-text+step-100"]


def test_without_a_named_model_pictures_are_shown_to_the_embedded_one_that_sees(project: Project) -> None:
    def asked(pictures: bool, **given: Any) -> list[str]:
        return [entry.name for entry in project.read(**given).models_for(pictures=pictures)]

    assert (asked(pictures=False), asked(pictures=True)) == (["embedded-text"], ["embedded-vision"])
    assert asked(pictures=True, model=["owner/name"], source="hub") == ["name"]
    project.configure('model = "owner/other"', 'source = "hub"')
    assert asked(pictures=True) == ["other"]


def test_replicas_are_those_of_ray(project: Project) -> None:
    assert (project.read().replicas, project.read(engine="ray").replicas, project.read(engine="ray", replicas="4").replicas) == (1, 2, 4)
    assert project.read(engine="ray", gpus_per_replica="0.5").gpus_per_replica == 0.5
    assert project.complaint(engine="cluster") == "--engine must be one of local, ray, got cluster."
    assert project.complaint(gpus_per_replica="-1") == "--gpus-per-replica must be a number of at least 0, such as 0.5, got -1."


def test_a_control_is_one_of_ours(project: Project) -> None:
    assert project.read(control=["blank-image"]).controls == ("blank-image",)
    assert project.read(control=["none"]).controls == ()
    assert project.complaint(control=["blank"]) == "--control must be one of blank-image, shuffle-options, circular-options, got blank."


def test_variants_are_counted_from_none(project: Project) -> None:
    assert (project.read().source.variants, project.read(variants="3").source.variants) == (0, 3)
    assert project.complaint(variants="-1") == "--variants must be a whole number of at least 0, got -1."
    former = project.read(twins="3")
    assert (former.source.variants, former.renamed) == (3, ("--twins is now --variants; the former name still works",))


def test_two_models_of_one_name_are_refused_with_the_way_to_name_them(project: Project) -> None:
    project.model("work/one/checkpoint")
    project.model("work/two/checkpoint")
    assert project.complaint(model=["one/checkpoint", "two/checkpoint"], source="synthetic") == (
        "two models are called 'checkpoint', so their cases could not be told apart; "
        "give one a name of its own under [tool.itemwise.models.NAME] in pyproject.toml."
    )


@pytest.mark.parametrize(
    ("configured", "given", "prompts", "recorded"),
    [
        ('prompt = "cot"', None, ("cot",), "cot"),
        ('prompt = ["cot", "json"]', None, ("cot", "json"), ["cot", "json"]),
        ('prompt = ["cot", "json"]', ["boxed"], ("boxed",), "boxed"),
        ("", ["json", "cot"], ("json", "cot"), ["json", "cot"]),
        ("", ["all"], ("all",), "all"),
    ],
)
def test_prompts_are_one_or_several(
    project: Project, configured: str, given: list[str] | None, prompts: tuple[str, ...], recorded: object
) -> None:
    project.configure(configured)
    settings = project.read(**({"prompt": given} if given else {}))
    assert (settings.prompts, settings.record()["prompt"]) == (prompts, recorded)


def test_the_base_is_one_of_the_models_as_they_are_called(project: Project) -> None:
    quantised = {"quant": ["nf4", "none"]}
    assert project.read(base_model="embedded-text+nf4", **quantised).base_model == "embedded-text+nf4"
    assert project.complaint(base_model="embedded-text", **quantised).startswith(
        "--base-model embedded-text is none of the models that are asked: embedded-text+nf4, embedded-text+none"
    )


@pytest.mark.parametrize("strategy", ["likelihood", "likelihood:form=text", "perplexity", "reference", "own_scoring:lines"])
def test_a_score_is_not_repeated_whatever_the_decoding_and_whatever_is_asked_beside_it(project: Project, strategy: str) -> None:
    (project.root / "own_scoring.py").write_text(
        "from itemwise.strategies import scores\n@scores('text')\nasync def lines(chat, ask, extract): ..."
    )
    said = project.complaint(repeats="3", decoding="temperature=0.7", strategy=["direct", strategy])
    assert said.startswith("--repeats 3 would count one score 3 times, as --strategy ")


def test_repeats_need_something_that_is_sampled(project: Project) -> None:
    assert project.read(repeats="3", decoding=["temperature=0.7"]).repeats == 3
    assert project.read(repeats="3", strategy=["vote"]).repeats == 3
    assert project.read(repeats="3", model=["http://127.0.0.1:9/v1#adder"], source="hub").repeats == 3
    assert project.complaint(repeats="3").startswith("--repeats 3 would ask for the same greedy text 3 times, as nothing is sampled; ")
    assert project.complaint(repeats="0") == "--repeats must be a whole number of at least 1, got 0."
    assert project.complaint(decoding=["hot"]).endswith("or a temperature such as temperature=0.7 or temperature=0.7,top_p=0.95, got hot.")
    assert project.complaint(decoding=["temperature=0.7", "temperature=0.70"]) == "--decoding temperature=0.7 is given twice."


def test_a_prompt_that_is_given_twice_is_refused(project: Project) -> None:
    assert project.complaint(prompt=["cot", "cot"]) == "--prompt cot is given twice."


def test_the_record_holds_what_was_asked_as_plain_data(project: Project) -> None:
    recorded = project.read(sample="all", source="hub", fail_under=["gsm8k=0.8"]).record()
    assert recorded == {
        "models": ["embedded-text"],
        "strategies": {"direct": {}},
        "reader": None,
        "sample": "all",
        "seed": 42,
        "source": "hub",
        "twins": 0,
        "controls": [],
        "repeats": 1,
        "prompt": None,
        "protocol": None,
        "shots": None,
        "examples": None,
        "prompt_form": None,
        "quantisation": "nf4",
        "compute": "auto",
        "max_new_tokens": None,
        "batch_size": "auto",
        "engine": "local",
        "replicas": 1,
        "gates": ["gsm8k=0.8"],
        "base_model": None,
        "baseline": None,
    }
