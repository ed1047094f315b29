"""What a model's text depends on, found without loading it: the identity that the store's keys begin with."""

from __future__ import annotations

from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from itemwise.models.checkpoint import adapter_hash, folder_hash, hub_options, require_folder, template_clock
from itemwise.models.model import ModelError, ModelUnavailableError
from itemwise.models.model_entry import LoadOptions, ModelEntry
from itemwise.models.threads import wait_passively

__all__ = ["identity_of"]


def identity_of(entry: ModelEntry, options: LoadOptions) -> dict[str, str]:
    """All of a model that decides its text, found out without torch: the store's key begins with it.

    The revision is a commit, or the hash of a folder's weights, configuration, tokenizer and chat template; an adapter
    is known by the hash of its own, and where the chat template asks for the date, the day that it is told is a part.
    Raises ModelUnavailableError where neither the folder, the hub nor its cache has the model, or the adapter is not to be had.
    Of a server it is known where it is and what it calls its model.
    """
    try:
        if entry.server:
            from itemwise.models.server.server_model import server_identity

            return server_identity(entry, options)
        where = {} if entry.local else hub_options(entry)
        revision = folder_hash(require_folder(entry)) if entry.local else str(where["revision"])
        clock = template_clock(entry, where)
        adapter = {"adapter": adapter_hash(Path(entry.adapter))} if entry.adapter is not None else {}
    except ModelError as error:
        raise ModelUnavailableError(str(error)) from None
    limits = {"min pixels": entry.min_pixels, "max pixels": entry.max_pixels}
    pixels = {name: str(limit) for name, limit in limits.items() if limit is not None}
    return {
        "location": "" if entry.local else entry.location,
        "revision": revision,
        **adapter,
        **pixels,
        "quantisation": options.quantisation,
        "compute": _compute(),
        "system": entry.system or "",
        **({"clock": clock} if clock else {}),
        "decoding": "greedy",
        "max new tokens": str(options.max_new_tokens),
        "versions": ", ".join(_versions(entry)),
    }


def _versions(entry: ModelEntry) -> list[str]:
    """The libraries that compute the text; peft may be missing where only stored replies are judged."""
    versions = [f"{name} {version(name)}" for name in ("transformers", "torch", "bitsandbytes")]
    if entry.adapter is not None:
        with suppress(PackageNotFoundError):
            versions.append(f"peft {version('peft')}")
    return versions


def _compute() -> str:
    """What computes; float32 on a CPU, and whatever CUDA's device prefers on a machine that has one."""
    if not any(Path("/dev").glob("nvidia[0-9]*")):
        return "cpu"
    wait_passively()
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
