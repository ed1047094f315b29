"""action.yml: what GitHub's metadata syntax allows, and its steps, run as a runner's bash would with stand-ins for pip and gh."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.test_ci_files import ROOT, blocks
from tests.runs.test_baseline_runs import SUMS
from tests.runs.test_resume import FLAWLESS

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
EXPRESSION = re.compile(r"\$\{\{ (.*?) \}\}")
# https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax, of composite actions
KEYS = {"name", "author", "description", "inputs", "outputs", "runs", "branding"}
STEP_KEYS = {"name", "id", "if", "run", "shell", "env", "working-directory", "uses", "with", "continue-on-error"}
GH = """#!/bin/sh
echo "$@" >> "$CALLS"
if [ -n "$BROKEN" ]; then exit 1; fi
case "$*" in *--paginate*) echo "$LAST" ;; esac
"""


def test_it_keeps_to_the_metadata_syntax() -> None:
    assert set(ACTION) <= KEYS
    assert {"name", "description", "runs"} <= set(ACTION)
    assert ACTION["runs"].keys() == {"using", "steps"}
    assert ACTION["runs"]["using"] == "composite"
    assert all("description" in each and set(each) <= {"description", "required", "default"} for each in ACTION["inputs"].values())
    assert all(set(each) == {"description", "value"} for each in ACTION["outputs"].values())
    for step in STEPS:
        assert set(step) <= STEP_KEYS
        assert ("run" in step) == ("shell" in step) != ("uses" in step)


def test_every_input_is_used_and_none_is_put_into_a_script() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"\binputs\.(\w+)", text)) == set(ACTION["inputs"])
    assert not any(EXPRESSION.search(step.get("run", "")) for step in STEPS)


def test_the_page_uses_it_with_inputs_that_there_are() -> None:
    page: dict[str, Any] = yaml.safe_load(blocks("yaml")[1])
    (used,) = [step for step in page["jobs"]["gsm8k"]["steps"] if step["uses"].startswith("OWNER/")]
    assert set(used["with"]) <= set(ACTION["inputs"])
    assert {name for name, each in ACTION["inputs"].items() if each.get("required")} <= set(used["with"])
    assert page["permissions"]["pull-requests"] == "write"


class Job:
    """A pull request's job in a folder, and what its steps called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._tools = folder / "tools"
        self._tools.mkdir()
        for name, text in (("gh", GH), ("pip", '#!/bin/sh\necho "pip $*" >> "$CALLS"\n')):
            (self._tools / name).write_text(text, encoding="utf-8")
            (self._tools / name).chmod(0o755)

    def run(self, inputs: dict[str, str], **environment: str) -> tuple[bool, str]:
        """Whether the job is green after its steps, and all that they printed."""
        given = {name: each.get("default", "") for name, each in ACTION["inputs"].items()} | inputs
        values = {
            **{f"inputs.{name}": value for name, value in given.items()},
            "inputs.install || format('{0}[local]', github.action_path)": given["install"] or "/action[local]",
            "github.repository": "owner/name",
            "github.event.pull_request.number": "7",
            "github.server_url": "https://github.example",
            "github.run_id": "99",
        }
        green, said = True, ""
        for step in STEPS:
            if "run" in step and (green or "always()" in step.get("if", "")):
                told = {name: EXPRESSION.sub(lambda found: values[found[1]], text) for name, text in step.get("env", {}).items()}
                done = self._bash(step["run"], told | environment)
                green, said = green and done.returncode == 0, said + done.stdout + done.stderr
        return green, said

    def _bash(self, script: str, told: dict[str, str]) -> subprocess.CompletedProcess[str]:
        file = self.folder / "step.sh"
        file.write_text(script, encoding="utf-8")
        path = os.pathsep.join([str(self._tools), str(Path(sys.executable).parent), os.environ["PATH"]])
        fixed = {"PATH": path, "PYTHONPATH": str(ROOT), "CALLS": str(self.folder / "calls"), "GITHUB_ACTIONS": "true"}
        fixed["GITHUB_STEP_SUMMARY"] = str(self.folder / "step.md")
        words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(file)]
        return subprocess.run(words, cwd=self.folder, env={**os.environ, **fixed, **told}, capture_output=True, text=True, encoding="utf-8")

    @property
    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text(encoding="utf-8").splitlines()

    @property
    def comment(self) -> str:
        return (self.folder / "itemwise-comment.md").read_text(encoding="utf-8")


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_TESTRUNUID", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return Job(tmp_path)


def test_a_run_of_a_model_is_installed_measured_gathered_and_told(job: Job) -> None:
    shutil.copytree(ROOT / "benchmarks", job.folder / "benchmarks", ignore=shutil.ignore_patterns("__pycache__"))
    (job.folder / "conftest.py").write_text(FLAWLESS, encoding="utf-8")
    green, said = job.run({"arguments": "benchmarks/test_gsm8k.py -k 'gsm8k and direct' --sample 2"})
    assert green, said
    assert job.calls == [
        "pip install /action[local]",
        'api repos/owner/name/issues/7/comments --paginate --jq .[] | select(.body | startswith("<!-- itemwise: \\(env.NAME) -->")) | .id',
        "api --method POST repos/owner/name/issues/7/comments --field body=@itemwise-comment.md --silent",
    ]
    assert job.comment.startswith(
        "<!-- itemwise: itemwise -->\n<!-- itemwise -->\n### itemwise: no gate\n\ngsm8k-synthetic (embedded-text, direct): "
    )
    assert job.comment.endswith("\n[The run with all its reports](https://github.example/owner/name/actions/runs/99)\n")
    assert {"run.json", "report.html"} <= {file.name for file in (job.folder / "itemwise-report").iterdir()}
    assert (job.folder / "reports" / "replies.sqlite").is_file()


def test_a_missed_baseline_fails_the_job_and_replaces_the_comment(job: Job) -> None:
    file = job.folder / "test_sums.py"
    for least in (0, 12):
        file.write_text(SUMS.replace("LEAST", str(least)), encoding="utf-8")
        if not least:
            assert job.run({"arguments": "test_sums.py", "comment": "false"})[0]
            saved = [sys.executable, "-m", "itemwise", "baseline", "save"]
            subprocess.run(saved, cwd=job.folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, capture_output=True)
    green, said = job.run({"arguments": "test_sums.py", "baseline": "itemwise-baseline.json", "name": "sums"}, LAST="41\n42")
    assert not green
    assert "::error title=itemwise gate::gate sums (-, -) not worse than itemwise-baseline.json: missed with 0 gained and 6 lost" in said
    assert job.calls[-1] == "api --method PATCH repos/owner/name/issues/comments/42 --field body=@itemwise-comment.md --silent"
    assert job.comment.startswith(
        "<!-- itemwise: sums -->\n<!-- itemwise -->\n### itemwise: ❌ 0 of 1 gate passed\n\nsums (-, -) fell by 75.0 points"
    )
    assert "Against the baseline" in (job.folder / "step.md").read_text(encoding="utf-8")


def test_a_token_that_may_not_write_and_a_run_without_reports_are_no_further_failure(job: Job) -> None:
    (job.folder / "test_sums.py").write_text(SUMS.replace("LEAST", "0"), encoding="utf-8")
    green, said = job.run({"arguments": "test_sums.py"}, BROKEN="1")
    assert green
    assert "::warning title=itemwise::the comment could not be written" in said
    green, said = job.run({"arguments": "test_sums.py", "baseline": "gone.json"})
    assert not green
    assert "--baseline gone.json: no file 'gone.json'" in said
    assert not (job.folder / "itemwise-report").exists()
