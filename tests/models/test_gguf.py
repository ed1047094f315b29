"""A GGUF's header is read without a library; a file that is no whole model is refused with what to do."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from itemwise.models import ModelEntry, ModelError
from itemwise.models.gguf import gguf_file, gguf_hash, gguf_lacks_template, is_hub_gguf, llama_server, read_header
from tests.models.checkpoints import CHAT_TEMPLATE
from tests.models.gguf_files import write_gguf


def entry_of(file: Path) -> ModelEntry:
    return ModelEntry(file.stem, str(file), local=True, gguf=True)


def refused(file: Path) -> str:
    with pytest.raises(ModelError) as caught:
        read_header(entry_of(file), gguf_file(entry_of(file)))
    return str(caught.value)


@pytest.fixture(scope="module")
def tiny(checkpoint: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gguf(checkpoint(), tmp_path_factory.mktemp("gguf") / "tiny.gguf", "Q8_0")


def test_the_header_holds_what_was_written(tiny: Path) -> None:
    header = read_header(entry_of(tiny), tiny)
    assert (header.architecture, header.templates, header.ends) == ("qwen2", {"default": CHAT_TEMPLATE}, [1])
    assert header.metadata["qwen2.block_count"] == 2
    assert header.metadata["tokenizer.ggml.tokens"] == header.metadata["tokenizer.ggml.token_type"] > 256
    assert header.tensors["blk.1.attn_q.weight"].numbers == 64 * 64
    assert header.tensors["blk.1.attn_q.weight"].kind == 8  # GGML's number of Q8_0


def test_the_header_is_read_without_torch_and_without_gguf(tiny: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from itemwise.models import LoadOptions, entry_named\n"
        "from itemwise.models.identity import identity_of\n"
        f"found = identity_of(entry_named({str(tiny)!r}, {{}}, Path()), LoadOptions('none', 8))\n"
        "print(found['gguf'], {'torch', 'gguf'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "dequantised set()\n"


def test_every_header_that_is_cut_short_is_told(tiny: Path, tmp_path: Path) -> None:
    whole, cut = tiny.read_bytes(), tmp_path / "cut.gguf"
    ends = read_header(entry_of(tiny), tiny).data_start - 32
    for size in [*range(4, 200), *range(200, ends, 997)]:
        cut.write_bytes(whole[:size])
        assert "is cut short: its header ends in the middle; download it again" in refused(cut)


def test_a_length_beyond_all_bounds_is_a_file_cut_short(tmp_path: Path) -> None:
    file = tmp_path / "long.gguf"
    for count in (2**31, 2**63, 2**64 - 1):
        for content in (struct.pack("<Q1sIIQ", 1, b"a", 9, 8, count), struct.pack("<Q", count)):
            file.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, count, count) + content)
            assert "is cut short" in refused(file)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty; download it again"),
        (b"PK\x03\x04 a wheel", "is no GGUF file: it does not begin with GGUF. Check that it was downloaded whole"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00", "a pointer of Git LFS: fetch the file itself"),
        (b"GGUF" + struct.pack(">IQQ", 3, 0, 0), "version 50331648 in this byte order, where 2 and 3 are known"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 0), "names no general.architecture, so it holds no model"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q1sI", 1, b"a", 77), "a value of the unknown type 77"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q1sIIQ", 1, b"a", 9, 9, 1), "an array of the type 9"),
    ],
)
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "bad.gguf").write_bytes(content)
    assert message in refused(tmp_path / "bad.gguf")


def test_one_part_of_a_split_file_is_refused_by_its_name_and_by_what_it_says(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    named = tmp_path / "tiny-00001-of-00003.gguf"
    named.write_bytes(b"GGUF")
    assert "tiny-00001-of-00003 is one of 3 parts of a split GGUF" in refused(named)
    assert (
        f"llama-gguf-split --merge FIRST-PART WHOLE.gguf) and give the whole file, or serve it by llama.cpp (llama-server -m {named}"
        in (refused(named))
    )
    file = write_gguf(checkpoint(), tmp_path / "renamed.gguf", metadata={"split.count": 2})
    assert "renamed is one of 2 parts of a split GGUF" in refused(file)


def test_whether_a_file_holds_a_chat_template_is_known_without_loading_it(
    tiny: Path, checkpoint: Callable[..., Path], tmp_path: Path
) -> None:
    without = write_gguf(checkpoint(), tmp_path / "base.gguf", metadata={"tokenizer.chat_template": None})
    assert (gguf_lacks_template(entry_of(tiny)), gguf_lacks_template(entry_of(without))) == (False, True)
    assert not gguf_lacks_template(entry_of(tmp_path / "gone.gguf"))


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    assert f"gone is not at {tmp_path / 'gone.gguf'}: no such file" in refused(tmp_path / "gone.gguf")


def test_a_file_is_known_by_its_content_and_not_by_its_name(tmp_path: Path) -> None:
    first, second = tmp_path / "first.gguf", tmp_path / "second.gguf"
    first.write_bytes(b"GGUF one")
    second.write_bytes(b"GGUF one")
    known = gguf_hash(first)
    assert gguf_hash(second) == known
    first.write_bytes(b"GGUF two")  # as long as before
    os.utime(first, ns=(1, 1))
    assert gguf_hash(first) != known


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("unsloth/Qwen3-4B-GGUF/Qwen3-4B-Q4_K_M.gguf", True),
        ("owner/name/BF16/name-BF16.GGUF", True),
        ("owner/name.gguf", False),
        ("name.gguf", False),
        ("./owner/name/file.gguf", False),
        ("owner/name/../file.gguf", False),
        ("owner/name/file.safetensors", False),
    ],
)
def test_a_file_of_the_hub_is_named_by_its_repository_and_its_place_there(text: str, is_one: bool) -> None:
    assert is_hub_gguf(text) is is_one


def test_the_command_that_serves_it_names_the_file() -> None:
    served = llama_server(ModelEntry("x", "owner/name/q/x.gguf", gguf=True))
    assert served == (
        "serve it by llama.cpp (llama-server -hf owner/name -hff q/x.gguf --port 8080) and give --model http://localhost:8080/v1"
    )
