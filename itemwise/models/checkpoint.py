"""Checks and hashes of a checkpoint's files, in a folder or on the hub, before anything heavy is loaded."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from itemwise.models.catalogue import hub_note
from itemwise.models.model import ModelEntry, ModelError

__all__ = [
    "CLOCK",
    "adapter_hash",
    "folder_hash",
    "hub_download",
    "hub_options",
    "kernel_libraries",
    "lacks_template",
    "own_quantisation",
    "require_adapter",
    "require_folder",
    "template_clock",
    "unreachable",
    "uses_clock",
]

DECIDING = (".safetensors", ".json", ".jinja", ".model", ".txt")
TEMPLATES = ("chat_template.jinja", "chat_template.json", "tokenizer_config.json", "processor_config.json")  # may hold a template
PICKLED = (".bin", ".pt", ".pth", ".ckpt")
CLOCK = datetime(2026, 1, 1, 12)  # the time in chat templates: a prompt is the same on any day
_DATE = re.compile(r"\bstrftime_now\b")
_KERNEL_LIBRARIES = {
    "gptq": ("gptqmodel", "optimum"),
    "awq": ("gptqmodel",),
    "compressed-tensors": ("compressed-tensors",),
    "fp8": ("kernels",),
    "mxfp4": ("kernels",),
}
ADAPTER = ("adapter_config.json", "adapter_model.safetensors")  # the names peft gives its files


def require_folder(entry: ModelEntry) -> Path:
    """The folder of a local entry. Raises ModelError if it is missing or holds no safetensors."""
    folder = Path(entry.location)
    if not folder.is_dir():
        raise ModelError(f"{entry.name} is not at {folder}: no such folder; give the folder that holds config.json.")
    _require_safetensors(entry, [file.name for file in folder.iterdir()])
    return folder


def hub_options(entry: ModelEntry) -> dict[str, Any]:
    """Options for from_pretrained by which config, weights and tokenizer of a hub entry come from one commit.

    `revision` is that commit. If the hub is off or out of reach it is the cache's, and `local_files_only` is set: the
    library would retry a missing network for half a minute per file. Raises ModelError if neither has the model.
    """
    config, cached = _hub_download(entry, entry.location, "config.json", partial(_require_safetensors, entry))
    return {"revision": config.parent.name, "local_files_only": cached}


def hub_download(entry: ModelEntry, repository: str, name: str, require: Callable[[Iterable[str]], None]) -> Path:
    """The file `name` of a hub repository at the entry's revision, in the cache; `require` is given the names of the files there.

    Raises what `require` raises, and ModelError if neither the hub nor its cache has the file.
    """
    return _hub_download(entry, repository, name, require)[0]


def require_adapter(folder: Path) -> None:
    """Raise ModelError if peft did not write `folder`, or its weights are pickled."""
    config, weights = (folder / name for name in ADAPTER)
    if not folder.is_dir():
        raise ModelError(f"the adapter {folder} is not there: no such folder; give the one that peft's save_pretrained wrote.")
    if not config.is_file():
        raise ModelError(f"the adapter {folder} holds no {config.name}; give the folder that peft's save_pretrained wrote.")
    _require_adapter_kind(config)
    if not weights.is_file():
        raise ModelError(_no_adapter_weights(folder))


def adapter_hash(folder: Path) -> str:
    """A hash of an adapter's configuration and weights. Raises ModelError as require_adapter does."""
    require_adapter(folder)
    return _hash_of(folder / name for name in ADAPTER)


def folder_hash(folder: Path) -> str:
    """A hash of every file of a model folder that decides its text: weights, configuration, tokenizer, chat template."""
    return _hash_of(sorted(file for file in folder.iterdir() if file.suffix in DECIDING))


def uses_clock(template: str) -> bool:
    """Whether a chat template asks for the date."""
    return _DATE.search(template) is not None


def template_clock(entry: ModelEntry, hub: Mapping[str, Any]) -> str | None:
    """The date that the model's chat templates see; None if none of them asks for it.

    `hub` are the `hub_options`, empty for a local entry. Raises ModelError if the connection to the hub is lost.
    """
    if hub:  # the files are small, and the cache also remembers missing ones
        files = [file for name in TEMPLATES if (file := _hub_file(entry, name, hub)) is not None]
    else:
        named = [Path(entry.location, name) for name in TEMPLATES]
        files = [file for file in (*named, *Path(entry.location, "additional_chat_templates").glob("*.jinja")) if file.is_file()]
    return f"{CLOCK:%Y-%m-%d}" if any(uses_clock(file.read_text(encoding="utf-8", errors="replace")) for file in files) else None


def lacks_template(entry: ModelEntry) -> bool:
    """Whether no file of a local model's folder holds a chat template; False for what is not known before it loads."""
    folder = Path(entry.location)
    if not entry.local or not (folder / "config.json").is_file():
        return False
    files = [file for name in TEMPLATES if (file := folder / name).is_file()]
    held = (file.suffix == ".jinja" or '"chat_template"' in file.read_text(encoding="utf-8", errors="replace") for file in files)
    return not (any(held) or any(folder.glob("additional_chat_templates/*.jinja")))


def own_quantisation(config: Any) -> str | None:
    """How the checkpoint itself is quantised, such as gptq; None if it is not."""
    own = getattr(config, "quantization_config", None) or {}
    return str(own.get("quant_method") if isinstance(own, dict) else own.quant_method.value) if own else None


def kernel_libraries(entry: ModelEntry, hub: Mapping[str, Any]) -> tuple[str, ...]:
    """The packages, beside transformers and torch, by which the weights of a checkpoint that is quantised already are multiplied.

    `hub` are the `hub_options`, empty for a local entry.
    """
    file = _hub_file(entry, "config.json", hub) if hub else Path(entry.location, "config.json")
    try:
        method = json.loads(file.read_text(encoding="utf-8"))["quantization_config"]["quant_method"] if file else None
    except (OSError, ValueError, KeyError, TypeError):  # none is declared, or loading will say what is wrong with the file
        return ()
    return _KERNEL_LIBRARIES.get(method, ()) if isinstance(method, str) else ()


def _hub_download(entry: ModelEntry, repository: str, name: str, require: Callable[[Iterable[str]], None]) -> tuple[Path, bool]:
    """The file, and whether it is the cache's because the hub is off or out of reach."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    fault = _why_not_the_hub(entry, repository, require)
    cached = fault is not None
    try:
        return Path(hf_hub_download(repository, name, revision=entry.revision, local_files_only=cached)), cached
    except LocalEntryNotFoundError:
        raise ModelError(unreachable(entry, fault or "the connection was lost")) from None


def _hub_file(entry: ModelEntry, name: str, hub: Mapping[str, Any]) -> Path | None:
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

    try:
        return Path(hf_hub_download(entry.location, name, **hub))
    except LocalEntryNotFoundError:
        if hub["local_files_only"]:
            return None
        raise ModelError(unreachable(entry, "the connection was lost")) from None
    except EntryNotFoundError:
        return None


def _hash_of(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode())
        with file.open("rb") as content:
            while block := content.read(1 << 20):
                digest.update(block)
    return f"sha256:{digest.hexdigest()[:16]}"


def unreachable(entry: ModelEntry, fault: str) -> str:
    """The error for a model that is neither on the hub nor in its cache."""
    return (
        f"{entry.name} cannot be had from the hub or its cache ({fault}). Check the network, set HF_ENDPOINT to a mirror, "
        f"log in if {entry.location} is gated, or give a downloaded folder as --model PATH; --model embedded-text needs none."
        f"{hub_note(entry)}"
    )


def _why_not_the_hub(entry: ModelEntry, repository: str, require: Callable[[Iterable[str]], None]) -> str | None:
    """Why the hub cannot be reached; None if it can. Raises ModelError if it has no such model or revision, and what `require` raises."""
    from huggingface_hub import HfApi, constants
    from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError

    if constants.HF_HUB_OFFLINE:
        return "HF_HUB_OFFLINE is set"
    try:
        offered = HfApi().model_info(repository, revision=entry.revision, timeout=constants.HF_HUB_ETAG_TIMEOUT)
    except RepositoryNotFoundError:
        raise ModelError(
            f"{entry.name}: the hub has no model {repository!r}, or it is private or gated, and there is no such folder here. "
            f"Correct the name, log in (hf auth login), or give a downloaded folder as --model PATH.{hub_note(entry)}"
        ) from None
    except RevisionNotFoundError:
        raise ModelError(f"{entry.name}: the hub's {repository} has no revision {entry.revision!r}; name another.") from None
    except Exception as error:  # no network has other names in other releases; the cache may still have the model
        return f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"
    require([sibling.rfilename for sibling in offered.siblings or ()])
    return None


def _require_adapter_kind(config: Path) -> None:
    try:
        values = json.loads(config.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"the adapter {config.parent} is damaged: {config.name} is no JSON ({error}). Check that it is whole.") from None
    if not isinstance(values, dict) or "peft_type" not in values:
        raise ModelError(f"the adapter {config.parent} is none of peft's: {config.name} has no peft_type, such as LORA.")


def _no_adapter_weights(folder: Path) -> str:
    if not (folder / "adapter_model.bin").is_file():
        return f"the adapter {folder} has no weights: it holds no adapter_model.safetensors. Check that it is whole."
    return (
        f"the adapter {folder} has no safetensors weights, only adapter_model.bin. Pickled weights can run code and are not loaded: "
        "convert them with peft's from_pretrained(...).save_pretrained(FOLDER) where you trust them, and give that folder."
    )


def _require_safetensors(entry: ModelEntry, files: Iterable[str]) -> None:
    """Raise ModelError for pickled weights: they can run code, and transformers would look for a conversion at another revision."""
    names = sorted(files)
    if any(name.endswith(".safetensors") for name in names):
        return
    if gguf := [name for name in names if name.lower().endswith(".gguf")]:
        raise ModelError(
            f"{entry.name} has no safetensors weights, but {len(gguf)} GGUF file{'s' * (len(gguf) > 1)}: "
            f"name one, --model {entry.location}/{gguf[0]}."
        )
    pickled = [name for name in names if name.endswith(PICKLED)]
    if not pickled:
        raise ModelError(f"{entry.name} has no weights: {entry.location} holds no .safetensors file. Check that it is whole.")
    raise ModelError(
        f"{entry.name} has no safetensors weights, only {pickled[0]}. Pickled weights can run code and are not loaded: "
        "convert them with from_pretrained(...).save_pretrained(FOLDER) where you trust them, and give --model FOLDER."
    )
