"""What `structure` prints of a model, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from itemwise.__main__ import main
from tests.models.checkpoints import overwrite
from tests.models.gguf_files import write_gguf

FOLDED = "    layers.0-27 (28 x Qwen2DecoderLayer)"


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert main(["structure", *arguments]) == 0
    return capsys.readouterr().out.splitlines()


def test_a_7b_model_is_told_without_its_weights(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, "qwen2.5-7b-instruct")
    assert lines[:8] == [
        "qwen2.5-7b-instruct: Qwen2ForCausalLM",
        "configuration: Qwen/Qwen2.5-7B-Instruct, as published",
        "",
        "parameters  7,615,616,512 (7.62 B), 6,525,621,760 (6.53 B) non-embedding",
        "attention   28 layers, 28 heads, 4 KV heads, head dimension 128",
        "KV cache    57,344 bytes per token in bf16 (2 x 28 layers x 4 KV heads x 128 x 2 bytes), 1.75 GiB for a full context",
        "positions   RoPE, base 1,000,000",
        "context     32,768 tokens",
    ]
    memory = "memory of the weights, nf4, blocks of 64, double quantised: 5,547,065,104 bytes (5.17 GiB); 4.127 bits per quantised weight"
    assert memory in lines
    assert [line.split() for line in lines if line.startswith(FOLDED)] == [[*FOLDED.split(), "28", "x", "233,057,792"]]


def test_which_weights_are_quantised_and_which_not_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line.split() for line in printed(capsys, "qwen2-vl-7b-instruct")]
    how = {words[1]: words[0] for words in lines if words and words[0] in ("nf4", "bf16")}
    assert how["model.language_model.layers.*.mlp.up_proj.weight"] == "nf4"
    assert [how[name] for name in ("model.visual", "lm_head", "model.language_model.embed_tokens.weight")] == ["bf16"] * 3


def test_unquantised_memory_is_two_bytes_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, "embedded-text", "--quant", "none")
    assert "memory of the weights, none: 5,840,384 bytes (5.57 MiB)" in lines


def test_the_way_from_pixels_to_tokens_is_told_for_a_size(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, "qwen2-vl-7b-instruct", "--picture", "640x480")
    place = lines.index("pixels to tokens")
    assert lines[place + 1 : place + 6] == [
        "  picture    640 x 480 pixels, scaled to 644 x 476: sides in steps of 28, 3,136 to 12,845,056 pixels in all",
        "  patches    46 x 34 = 1564 of 14 x 14 pixels and 2 frames deep (a picture is shown 2 times)",
        "  encoder    32 layers of width 1280",
        "  projector  2 x 2 patches -> 1 token, 5120 -> 5120 -> 3584",
        "  tokens     391",
    ]


def test_a_model_that_reads_text_only_has_no_such_way(capsys: pytest.CaptureFixture[str]) -> None:
    assert not any("pixels" in line for line in printed(capsys, "llama-2-7b-chat"))


def test_a_tied_head_is_told_as_shared(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "embedded-text")[-1].split() == ["lm_head", "(Linear)", "256", "->", "1152", "shared"]


def test_a_name_of_ones_own_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[tool.itemwise.models.mine]\nlocation = "Qwen/Qwen2.5-7B-Instruct"\n')
    assert printed(capsys, "mine")[0] == "mine: Qwen2ForCausalLM"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["llama-2-7b-chap"], "--model llama-2-7b-chap: no such model. Did you mean llama-2-7b-chat?"),
        (["./nowhere"], "--model ./nowhere: no such folder"),
        (
            ["qwen2-vl-7b-instruct", "--picture", "1x201"],
            "--picture: a picture must have sides of at least 1, none over 200 times the other, got",
        ),
    ],
)
def test_bad_input_ends_with_2_and_says_what(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["structure", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"python -m itemwise structure: {said}")
    assert error.count("\n") == 1


def test_a_gguf_is_told_as_dequantised_and_in_no_other_quantisation(
    checkpoint: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_gguf(checkpoint(), tmp_path / "tiny.gguf", "Q8_0")
    lines = printed(capsys, str(file))
    assert lines[1] == f"configuration: {file}, a GGUF of Q8_0, dequantised when it is loaded"
    assert any(line.startswith("memory of the weights, none: ") for line in lines)
    assert main(["structure", str(file), "--quant", "nf4"]) == 2
    assert "tiny is a GGUF, which is quantised already, so --quant nf4 cannot be applied" in capsys.readouterr().err


def test_a_checkpoint_that_is_quantised_already_is_told_with_what_becomes_of_it(
    copied: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    quantisation = {"quant_method": "fp8", "activation_scheme": "dynamic", "weight_block_size": [128, 128]}
    lines = printed(capsys, str(overwrite(copied(), "config.json", {"quantization_config": quantisation})))
    assert "its own quantisation: fp8, dequantised when it is loaded on this machine (cpu)" in lines


@pytest.mark.parametrize("arguments", [[], ["embedded-text", "--quant", "int3"], ["embedded-text", "--picture", "0x5"]])
def test_a_command_line_that_cannot_be_read_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["structure", *arguments])
    assert ended.value.code == 2


def test_only_this_command_loads_a_model_library_and_only_when_given() -> None:
    program = "import sys, itemwise.__main__; print({'torch', 'transformers', 'bitsandbytes'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout == "set()\n"
