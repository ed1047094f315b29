"""What a model's text depends on, found without loading it: the identity that the store's keys begin with."""

from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from itemwise.models.checkpoint import (
    CLOCK,
    adapter_hash,
    folder_hash,
    hub_options,
    kernel_libraries,
    require_folder,
    template_clock,
    uses_clock,
)
from itemwise.models.gguf import gguf_file, gguf_hash, read_header
from itemwise.models.model import LoadOptions, ModelEntry, ModelError, ModelUnavailableError
from itemwise.models.thinking_choice import thinking_identity
from itemwise.models.threads import wait_passively

__all__ = ["identity_of"]


def identity_of(entry: ModelEntry, options: LoadOptions) -> dict[str, str]:
    """Everything about a model that decides its text, found without loading it; the first part of every key in the store, so
    names, values and their order must stay.

    The revision is a commit, or the hash of a folder's weights, configuration, tokenizer and chat template, or of a GGUF wherever
    it stands; an adapter has a hash of its own; ``clock`` is the date that a chat template is given, where it asks for one. Of a
    server it is the URL and the served name. Raises ModelUnavailableError where neither the folder or file, the hub nor its cache has
    the model, or its adapter is missing.
    """
    try:
        if entry.server:
            from itemwise.models.server.server_model import server_identity

            return server_identity(entry, options)
        location, revision, clock, libraries = _gguf_origin(entry) if entry.gguf else _origin(entry)
        adapter = {"adapter": adapter_hash(Path(entry.adapter))} if entry.adapter is not None else {}
    except ModelError as error:
        raise ModelUnavailableError(str(error)) from None
    limits = {"min pixels": entry.min_pixels, "max pixels": entry.max_pixels}
    pixels = {name: str(limit) for name, limit in limits.items() if limit is not None}
    return {
        "location": location,
        "revision": revision,
        **({"gguf": "dequantised"} if entry.gguf else {}),
        **adapter,
        **pixels,
        "quantisation": options.quantisation,
        "compute": _compute(options.compute),
        "system": entry.system or "",
        **({"clock": clock} if clock else {}),
        **thinking_identity(entry),
        "decoding": entry.decoding,
        "max new tokens": str(options.max_new_tokens),
        "versions": ", ".join(_versions(entry, libraries)),
    }


def _origin(entry: ModelEntry) -> tuple[str, str, str | None, Sequence[str]]:
    """Location, revision, the clock of the chat template, and the libraries that its own kind of quantisation needs."""
    where = {} if entry.local else hub_options(entry)
    revision = folder_hash(require_folder(entry)) if entry.local else str(where["revision"])
    return "" if entry.local else entry.location, revision, template_clock(entry, where), kernel_libraries(entry, where)


def _gguf_origin(entry: ModelEntry) -> tuple[str, str, str | None, Sequence[str]]:
    """The same of a GGUF: one file is one model, on this machine and on the hub."""
    file = gguf_file(entry)
    asks = any(map(uses_clock, read_header(entry, file).templates.values()))
    return "", gguf_hash(file), f"{CLOCK:%Y-%m-%d}" if asks else None, ["gguf"]


def _versions(entry: ModelEntry, libraries: Sequence[str]) -> list[str]:
    """The libraries that compute the text. Those that are not installed are left out: then only stored replies are judged."""
    names = ["transformers", "torch", "bitsandbytes", *(["peft"] if entry.adapter is not None else []), *libraries]
    versions = []
    for name in names:
        with suppress(PackageNotFoundError):
            versions.append(f"{name} {version(name)}")
    return versions


def _compute(compute: str) -> str:
    """The device, and the type that is computed in where it is not the device's own: ``cpu`` (float32), ``cpu, bfloat16``."""
    device = _device()
    usual = compute == "auto" or (device == "cpu" and compute == "float32")
    return device if usual else f"{device}, {compute}"


def _device() -> str:
    """``cpu``, or the name of the GPU where torch sees one. Imports torch on a machine with an NVIDIA GPU only."""
    if not any(Path("/dev").glob("nvidia[0-9]*")):
        return "cpu"
    wait_passively()
    try:
        import torch
    except ImportError:  # then only stored replies are judged
        return "cpu"
    return torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
