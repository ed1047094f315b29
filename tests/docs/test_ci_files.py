"""The CI files in docs/ci.md: each can be read, names only options that exist, and its commands do what the page says."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from itemwise.__main__ import _parser
from tests.reporting.writers.jenkins_schema import violations

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
SERVICES = ("github", "gitlab", "jenkins")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def github() -> dict[str, Any]:
    job: dict[str, Any] = yaml.safe_load(blocks("yaml")[0])["jobs"]["gsm8k"]
    return job


def gitlab() -> dict[str, Any]:
    job: dict[str, Any] = yaml.safe_load(blocks("yaml")[2])["benchmarks"]
    return job


def commands(service: str) -> list[str]:
    """What a service's file runs, line by line, in its order."""
    if service == "github":
        return [step["run"] for step in github()["steps"] if "run" in step]
    if service == "gitlab":
        return [*gitlab()["script"], *gitlab()["after_script"]]
    return re.findall(r"\bsh '([^']+)'", blocks("groovy")[0])


def variables(service: str) -> dict[str, str]:
    if service == "github":
        return dict(github()["env"])
    if service == "gitlab":
        return dict(gitlab()["variables"])
    return dict(re.findall(r"(\w+) = ['\"]([^'\"]*)['\"]", blocks("groovy")[0]))


def every_command() -> Iterator[str]:
    yield from (command for service in SERVICES for command in commands(service))
    yield from (line for block in blocks("sh") for line in block.splitlines())


def is_run(command: str) -> bool:
    return shlex.split(command)[0].endswith("pytest")


def run_command(service: str) -> str:
    """The one command of a service's file that measures."""
    (found,) = filter(is_run, commands(service))
    return found


def in_shell(command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`command` as the shell of a service runs it that sets `environment` alone, with a smaller sample, and with the programs of this
    environment before others."""
    command = command.replace(".venv/bin/", "").replace("--sample 50", "--sample 4")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "PYTEST_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    found = {**plain, "PATH": path, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", **environment}
    return subprocess.run(["sh", "-c", command], cwd=folder, env=found, capture_output=True, text=True, encoding="utf-8", check=False)


def check_out(folder: Path) -> None:
    """Leave the benchmarks in `folder`."""
    shutil.copytree(ROOT / "benchmarks", folder / "benchmarks", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\n", encoding="utf-8")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which the run of the page's first file came to its end."""
    folder = tmp_path_factory.mktemp("measured")
    check_out(folder)
    ran = in_shell(run_command("github"), folder, **variables("github") | {"HF_HOME": str(folder)})
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return folder


@pytest.fixture
def project(measured: Path, tmp_path: Path) -> Path:
    """A checkout to which a service's cache brought back the replies of an earlier run."""
    check_out(tmp_path)
    (tmp_path / "reports").mkdir()
    for file in measured.glob("reports/replies.sqlite*"):
        shutil.copy(file, tmp_path / "reports")
    return tmp_path


def test_the_three_services_run_the_same_measurement() -> None:
    assert {run_command(service).removeprefix(".venv/bin/") for service in SERVICES} == {run_command("github")}
    found = [variables(service) for service in SERVICES]
    assert [(each["MODEL"], each["GATE"]) for each in found] == [("embedded-text", "gsm8k-synthetic=0.40")] * 3


def test_reports_are_kept_where_the_run_failed() -> None:
    after = [step for step in github()["steps"] if "itemwise-report" in str(step) or "cache/save" in step.get("uses", "")]
    assert [step["if"] for step in after] == ["always()"] * 3
    assert (gitlab()["artifacts"]["when"], gitlab()["cache"][1]["when"]) == ("always", "always")
    assert re.search(r"post \{\s+always \{[^}]*junit [^}]*archiveArtifacts", blocks("groovy")[0])


def test_the_run_leaves_what_the_services_are_told_to_keep(measured: Path) -> None:
    for service in SERVICES:
        shutil.rmtree(measured / "itemwise-report", ignore_errors=True)
        assert in_shell(commands(service)[-1], measured).returncode == 0
        left = {file.name for file in (measured / "itemwise-report").iterdir() if not file.is_symlink()}
        assert {"junit.xml", "report.html", "run.json", "results.jsonl"} <= left
    assert violations(ElementTree.parse(measured / "itemwise-report" / "junit.xml").getroot()) == []
    assert (measured / "reports" / "replies.sqlite").exists()


@pytest.mark.parametrize("path", ["itemwise-report/junit.xml", "reports/replies.sqlite*"])
def test_every_path_that_a_service_reads_is_one_that_the_run_leaves(path: str) -> None:
    cached = [step["with"]["path"] for step in github()["steps"] if "path" in step.get("with", {})]
    named = {
        "itemwise-report/junit.xml": [gitlab()["artifacts"]["reports"]["junit"], *re.findall(r"testResults: '([^']+)'", PAGE)],
        "reports/replies.sqlite*": [*gitlab()["cache"][1]["paths"], *(found for found in cached if ".sqlite" in found)],
    }
    assert set(named[path]) == {path}
    assert len(named["reports/replies.sqlite*"]) == 3


def test_a_missed_gate_is_red_annotated_and_in_the_step_summary(project: Path) -> None:
    summary = project / "step.md"
    told = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    ran = in_shell(run_command("github"), project, MODEL="embedded-text", GATE="gsm8k-synthetic=1", **told)
    assert ran.returncode == 1
    (annotation,) = [line for line in ran.stdout.splitlines() if line.startswith("::")]
    assert annotation.startswith("::error title=itemwise gate::gate gsm8k-synthetic (embedded-text, direct) >= 1.00: missed with ")
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("| benchmark | model | strategy | accuracy |")
    assert f"- ❌ {annotation.rpartition('::')[2]}" in text.splitlines()


def test_the_baseline_is_written_and_read_as_the_page_says(project: Path) -> None:
    said = ""
    for line in "".join(blocks("sh")).splitlines():
        ran = in_shell(line, project)
        assert ran.returncode == 0, line + ran.stdout + ran.stderr
        said += ran.stdout
    assert "gate gsm8k-synthetic (embedded-text, direct) not worse than itemwise-baseline.json: passed" in said


def test_every_option_of_a_run_exists(pytester: pytest.Pytester) -> None:
    known = set(re.findall(r"--[a-z][a-z-]*", pytester.runpytest_inprocess("--help").stdout.str()))
    used = {word.partition("=")[0] for command in every_command() if is_run(command) for word in shlex.split(command) if word[:2] == "--"}
    used |= {f"--{word}" for word in re.findall(r"`--([a-z][a-z-]*)", PAGE)}
    assert used - known - {"--junitxml"} == set(), "which pytest takes, and lists as --junit-xml"
    assert {"--model", "--sample", "--fail-under", "--baseline"} <= used


@pytest.mark.parametrize("command", sorted(each for each in every_command() if each.startswith("python -m itemwise")))
def test_every_look_at_a_run_exists(command: str) -> None:
    assert _parser().parse_args(shlex.split(command)[3:]).command in ("baseline", "compare")
