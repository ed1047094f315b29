"""The registry of models known by name, and how any other is named: a hub id, a local folder, or a server's URL."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from itemwise.models.catalogue import HUB_MODELS
from itemwise.models.checkpoint import require_adapter
from itemwise.models.decoding import DECODING_DEMAND, decoding_of
from itemwise.models.gguf import is_hub_gguf
from itemwise.models.model import ModelEntry, ModelError, under_each
from itemwise.models.server.address import AddressError, is_url, misspelt, read_address, without_any_userinfo, without_userinfo
from itemwise.models.thinking_choice import THINKING

__all__ = ["EMBEDDED", "REGISTRY", "entry_named", "loaded_as", "quantisations_for", "registry_with", "with_adapter", "with_pixels"]

EMBEDDED = Path(__file__).parent.parent / "embedded"
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9_][\w.-]*", re.ASCII)
_LOCAL_SETTINGS = (
    "revision",
    "trust_remote_code",
    "adapter",
    "min_pixels",
    "max_pixels",
    "max_thinking_tokens",
)  # what a server was started with
_BOXED = "Please reason step by step, and put your final answer within \\boxed{}."  # the model card's own system prompt


def _embedded(folder: str) -> ModelEntry:
    """A model that ships with the package: it was trained on made problems, on JSON prompts and on calls without a hint."""
    return ModelEntry(
        f"embedded-{folder}", str(EMBEDDED / folder), source="synthetic", max_new_tokens=512, local=True, prompt="json", tool_hint=False
    )


REGISTRY: dict[str, ModelEntry] = {
    entry.name: entry
    for entry in (
        _embedded("text"),
        _embedded("vision"),
        ModelEntry("qwen2.5-7b-instruct", "Qwen/Qwen2.5-7B-Instruct", "a09a35458c702b33eeacc393d103063234e8bc28"),
        ModelEntry(
            "qwen2.5-math-7b-instruct",
            "Qwen/Qwen2.5-Math-7B-Instruct",
            "ef9926d75ab1d54532f6a30dd5e760355eb9aa4d",
            system=_BOXED,
            prompt="question",
        ),
        ModelEntry("llama-2-7b-chat", "meta-llama/Llama-2-7b-chat-hf", "f5db02db724555f92da89c216ac04704f23d4590"),
        ModelEntry("qwen2-vl-7b-instruct", "Qwen/Qwen2-VL-7B-Instruct", "eed13092ef92e448dd6875b2a00151bd3f7db0ac"),
        ModelEntry("qwen2.5-vl-7b-instruct", "Qwen/Qwen2.5-VL-7B-Instruct"),
        ModelEntry("llava-1.5-7b", "llava-hf/llava-1.5-7b-hf", "b234b804b114d9e37bb655e11cbbb5f5e971b7a9"),
        *(model.entry for model in HUB_MODELS),
    )
}


def registry_with(own: Mapping[str, Mapping[str, Any]], root: Path) -> dict[str, ModelEntry]:
    """The registry and a project's own entries, ``[tool.itemwise.models.NAME]``; folders are relative to `root`."""
    return REGISTRY | {name: _own_entry(name, settings, root) for name, settings in own.items()}


def entry_named(text: str, registry: Mapping[str, ModelEntry], root: Path) -> ModelEntry:
    """The entry for what `--model` names: a registry name, a server's URL, a folder or GGUF file (relative to `root`), a hub id with a
    slash, or a GGUF of the hub, ``owner/name/file.gguf``."""
    text = text.strip()
    if text in registry:
        return registry[text]
    if is_url(text):
        return _served(ModelEntry("", text), f"--model {without_userinfo(text)}")
    folder = _folder(text, root)
    if folder and folder.is_dir():
        _require_config(folder)
        return ModelEntry(folder.name, str(folder), local=True)
    if folder and _is_gguf(text) and folder.is_file():
        return ModelEntry(folder.stem, str(folder), local=True, gguf=True)
    if text.startswith((".", "/", "~")) or "\\" in text or re.match(r"[A-Za-z]:/", text):
        raise ModelError(f"--model {text}: no such {_missing(text)} ({folder or text}); {_wanted(text)}.")
    if is_hub_gguf(text):
        return ModelEntry(Path(text).stem, text, gguf=True)
    if _is_gguf(text):
        raise ModelError(f"--model {text}: no such file ({folder or text}); {_wanted(text)}.")
    if _is_hub_id(text):
        return ModelEntry(text.split("/")[1], text)
    if fault := misspelt(text):
        raise ModelError(f"--model {without_any_userinfo(text)}: {fault}")
    close = get_close_matches(text, registry, n=1)
    hint = f" Did you mean {close[0]}?" if close else ""
    shown = text if text and text.isprintable() else repr(text)
    raise ModelError(
        f"--model {shown}: no such model.{hint} `python -m itemwise models` lists the known names; or give a folder "
        "(./checkpoint), a GGUF file, a hub id (owner/name) or a server (http://host:8000/v1#name)."
    )


def _require_config(folder: Path) -> None:
    if (folder / "config.json").is_file():
        return
    if files := sorted(file for file in folder.iterdir() if _is_gguf(file.name)):
        raise ModelError(f"--model {folder}: the folder holds no config.json, but GGUF files; name one of them, such as {files[0]}.")
    raise ModelError(f"--model {folder}: the folder holds no config.json; give the one that save_pretrained wrote.")


def _is_gguf(text: str) -> bool:
    return text.lower().endswith(".gguf")


def _missing(text: str) -> str:
    return "file" if _is_gguf(text) else "folder"


def _wanted(text: str) -> str:
    """What to give instead of a path that leads nowhere."""
    if _is_gguf(text):
        return "give the path of a GGUF file, or one of the hub as owner/name/file.gguf"
    return "give the folder that holds config.json"


def _folder(text: str, root: Path) -> Path | None:
    """The folder that `text` names, existing or not; None where no folder can have the name."""
    try:
        folder = (root / Path(text).expanduser()).resolve()
        folder.is_dir()
    except (OSError, RuntimeError, ValueError):  # too long, ~ of nobody, a null byte
        return None
    return folder if text else None


def with_adapter(entry: ModelEntry, folder: Path | None) -> ModelEntry:
    """`entry` with the LoRA in `folder` on top, under a name of its own: ``qwen2.5-7b-instruct+step-900``; without a folder, as it is.

    Raises ModelError where the folder is none that peft wrote, or `entry` has an adapter already.
    """
    if entry.adapter is not None:
        wanted = f"{folder} cannot go on top" if folder else "it cannot be asked without one"
        raise ModelError(f"{entry.name} has an adapter already ({entry.adapter}), so {wanted}; name its base as --model.")
    if folder is None:
        return entry
    if entry.server:
        raise ModelError(
            f"{entry.name} is on a server, which puts adapters on itself: start it with {folder.name}, and name what it serves."
        )
    folder = folder.expanduser().resolve()
    require_adapter(folder)
    return replace(entry, name=f"{entry.name}+{folder.name}", adapter=str(folder))


def with_pixels(entry: ModelEntry, min_pixels: int | None, max_pixels: int | None) -> ModelEntry:
    """`entry` with other limits of a picture's pixels; None keeps its own.

    Raises ModelError where a limit is below 1, or the lower above the upper.
    """
    limited = replace(
        entry,
        min_pixels=entry.min_pixels if min_pixels is None else min_pixels,
        max_pixels=entry.max_pixels if max_pixels is None else max_pixels,
    )
    if entry.server and limited != entry:
        raise ModelError(
            f"{entry.name} is on a server, which scales pictures itself: start it with the limits of pixels, and leave them out here."
        )
    limits = {"min_pixels": limited.min_pixels, "max_pixels": limited.max_pixels}
    _require_valid(f"{entry.name}:", {name: limit for name, limit in limits.items() if limit is not None})
    return limited


def loaded_as(entry: ModelEntry, quantisations: Sequence[str], computes: Sequence[str], limits: Sequence[int]) -> list[ModelEntry]:
    """`entry` under each quantisation, compute type and token limit; of several, with each in its name: ``qwen2.5-7b-instruct+int8``.

    Without `limits` it keeps its own; a server's has neither quantisation nor compute type from here.
    """
    if entry.server:
        quantisations, computes = quantisations[:1], computes[:1]
    return [
        loaded
        for quantised in under_each(entry, "quantisation", quantisations)
        for computing in under_each(quantised, "compute", computes)
        for loaded in under_each(computing, "max_new_tokens", limits, "{}-tokens")
    ]


def quantisations_for(entry: ModelEntry, quantisations: Sequence[str], *, chosen: bool) -> Sequence[str]:
    """Those of `quantisations` that `entry` is loaded in: a GGUF is quantised already, so it is loaded in none.

    Raises ModelError where another was `chosen` for it and is no mere default.
    """
    if not entry.gguf:
        return quantisations
    if chosen and (other := next((name for name in quantisations if name != "none"), None)):
        raise ModelError(
            f"{entry.name} is a GGUF, which is quantised already, so --quant {other} cannot be applied; leave --quant out or give "
            "--quant none, or name the safetensors model that it was made from."
        )
    return ("none",)


def _own_entry(name: str, settings: Mapping[str, Any], root: Path) -> ModelEntry:
    here = f"[tool.itemwise.models.{name}]"
    found = {"name", "local", "gguf", "server", "quantisation", "compute", "replies", "userinfo"}
    known = {field.name for field in fields(ModelEntry)} - found
    if not isinstance(settings, Mapping):
        raise ModelError(f"{here} must be a table with location, got {settings!r}.")
    if unknown := set(settings) - known:
        raise ModelError(f"{here} has no setting {sorted(unknown)[0]!r}; it may have {', '.join(sorted(known))}.")
    if "location" not in settings:
        raise ModelError(f"{here} needs location: a hub id, a folder, a GGUF file, or a server's URL.")
    _require_valid(here, settings)
    entry = ModelEntry(name, **settings)
    if is_url(entry.location):
        return _served(entry, f"{here} location {without_userinfo(entry.location)!r}")
    if entry.key_env is not None:
        raise ModelError(f"{here} key_env is for servers; {entry.location!r} is none (http://host:8000/v1#name).")
    return _resolved(entry, here, root)


def _served(entry: ModelEntry, where: str) -> ModelEntry:
    """`entry`, whose location is a URL, as one on a server. Without a name of its own it is called by what it serves."""
    try:
        address = read_address(entry.location)
    except AddressError as error:
        raise ModelError(f"{where}: {error}; give the URL up to /v1 and the served model's name: http://host:8000/v1#name.") from None
    for setting in _LOCAL_SETTINGS:
        if getattr(entry, setting):
            raise ModelError(f"{where}: {setting} cannot be set from here; it is the server's, which was started with its own.")
    name = entry.name or _id_safe((address.model or "").rpartition("/")[2]) or _id_safe(address.host)
    location = f"{address.url}#{address.model}" if address.model else address.url
    return replace(entry, name=name, location=location, server=True, userinfo=address.userinfo)


def _id_safe(text: str) -> str:
    """`text` with only the characters that node ids may have."""
    return re.sub(r"[^\w.+-]+", "-", text).strip("-")


def _resolved(entry: ModelEntry, here: str, root: Path) -> ModelEntry:
    """`entry` with its folders resolved against `root`, and `local` where its location is one of them. Raises ModelError."""
    if entry.adapter is not None:
        adapter = root / Path(entry.adapter).expanduser()
        if not adapter.is_dir():
            raise ModelError(f"{here} adapter {entry.adapter!r}: no such folder ({adapter}); give the one that peft wrote.")
        entry = replace(entry, adapter=str(adapter))
    folder = root / Path(entry.location).expanduser()
    if folder.is_dir():
        return replace(entry, location=str(folder), local=True)
    if _is_gguf(entry.location) and folder.is_file():
        return replace(entry, location=str(folder), local=True, gguf=True)
    if is_hub_gguf(entry.location):
        return replace(entry, gguf=True)
    if _is_gguf(entry.location):
        raise ModelError(f"{here} location {entry.location!r}: no such file ({folder}); {_wanted(entry.location)}.")
    if fault := misspelt(entry.location):
        raise ModelError(f"{here} location {without_any_userinfo(entry.location)!r}: {fault}")
    if not _is_hub_id(entry.location):
        raise ModelError(f"{here} location {entry.location!r}: no such folder ({folder}), and no hub id (owner/name).")
    return entry


def _require_valid(where: str, settings: Mapping[str, Any]) -> None:
    """Raise ModelError, which begins with `where`, for a setting whose value cannot be."""
    for setting, value in settings.items():
        if demand := _demand(setting, value):
            raise ModelError(f"{where} {setting} must be {demand}, got {value!r}.")
    if settings.get("thinking") == "off" and settings.get("max_thinking_tokens") is not None:
        raise ModelError(f"{where} max_thinking_tokens bounds a thought, and thinking is off; leave one of them out.")
    least, most = settings.get("min_pixels"), settings.get("max_pixels")
    if least is not None and most is not None and least > most:
        raise ModelError(f"{where} min_pixels must be at most max_pixels, got {least} and {most}.")


def _demand(setting: str, value: Any) -> str | None:
    """What the value of a setting must be, None where it is; "false" in quotes would let a model's own Python run."""
    match setting:
        case "trust_remote_code" | "tool_hint":
            return None if isinstance(value, bool) else "true or false"
        case "max_new_tokens" | "max_thinking_tokens" | "min_pixels" | "max_pixels":
            return None if type(value) is int and value >= 1 else "a whole number of at least 1"
        case "thinking":
            return None if value in THINKING else f"one of {', '.join(THINKING)} (as text)"
        case "decoding":
            return None if decoding_of(value) == value else DECODING_DEMAND
    return None if isinstance(value, str) else "text"


def _is_hub_id(text: str) -> bool:
    """Whether `text` has the form of a hub id, and is no server's URL without its scheme (``localhost/v1``)."""
    return bool(_HUB_ID.fullmatch(text)) and "--" not in text and ".." not in text and not misspelt(text)
