"""A model that is loaded when it is first asked: a run whose replies are all known never loads it, nor imports torch."""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Protocol, runtime_checkable

from itemwise.models.checkpoint import adapter_hash, folder_hash, hub_options, require_folder, template_clock
from itemwise.models.model import ContinuousModel, Generation, Model, ModelError, ModelUnavailableError, Request, RunningBatch
from itemwise.models.registry import ModelEntry
from itemwise.results.environment import wait_passively

__all__ = ["DeferredModel", "RecalledModel", "identity_of"]


@runtime_checkable
class Closing(Protocol):
    """What is to be told when it is no longer asked."""

    def close(self) -> None:
        """Leave the process as it was."""
        ...


class DeferredModel:
    """`entry` as it will be once loaded. A load that fails raises ModelUnavailableError: no case is at fault."""

    def __init__(self, entry: ModelEntry, *, quantisation: str, max_new_tokens: int, share: tuple[int, int]) -> None:
        self.name = entry.name
        self._entry = entry
        self._quantisation = quantisation
        self._max_new_tokens = max_new_tokens
        self._share = share
        self._loaded: Model | None = None
        self._held = ExitStack()
        self.loading_since: float | None = None  # by the monotonic clock, while it loads

    @property
    def is_loaded(self) -> bool:
        """Whether the weights are in memory."""
        return self._loaded is not None

    @property
    def tokens_underway(self) -> int:
        """Tokens of the replies that are being generated, so far; 0 where the model does not tell. Loads nothing."""
        return int(getattr(self._loaded, "tokens_underway", 0))

    def release(self) -> None:
        """Let go of the weights, or of the server, whoever still holds this object."""
        self._held.close()
        self._loaded = None

    def describe(self) -> dict[str, str]:
        """What exactly answers; loads the model."""
        return self._model().describe()

    def generate(self, requests: Sequence[Request]) -> Sequence[Generation | Exception]:
        """As the loaded model does."""
        return self._model().generate(requests)

    def running(self) -> RunningBatch | None:
        """The loaded model's running batch, if it has one; loads the model."""
        model = self._model()
        return model.running() if isinstance(model, ContinuousModel) else None

    def _model(self) -> Model:
        if self._loaded is None:
            load = self._connect if self._entry.server else self._load
            self.loading_since = time.monotonic()
            try:
                self._loaded = load()
            except ModelError as error:
                raise ModelUnavailableError(str(error)) from None
            finally:
                self.loading_since = None
        return self._loaded

    def _load(self) -> Model:
        wait_passively()
        with warnings.catch_warnings():  # the libraries' own, about themselves
            warnings.simplefilter("ignore", DeprecationWarning)
            from itemwise.models.local.load import load
        loaded = load(self._entry, quantisation=self._quantisation, max_new_tokens=self._max_new_tokens, share=self._share)
        if isinstance(loaded, Closing):
            self._held.callback(loaded.close)
        return loaded

    def _connect(self) -> Model:
        from itemwise.models.server.server_model import connect

        connected = connect(self._entry, max_new_tokens=self._max_new_tokens)
        self._held.callback(connected.close)
        return connected


class RecalledModel:
    """Stands where `--replay` forbids a model: whatever the store does not know is an error of the case that asks it."""

    def __init__(self, name: str) -> None:
        self.name = name

    is_loaded = False

    def release(self) -> None:
        """Nothing is held."""

    def describe(self) -> dict[str, str]:
        """Nothing but the name; the store knows more."""
        return {"model": self.name}

    def generate(self, requests: Sequence[Request]) -> list[Generation]:  # noqa: ARG002 - whatever is asked
        """Refuse."""
        raise ModelError(f"--replay: the store holds no reply of {self.name} to this case; run without --replay to ask for it.")


def identity_of(entry: ModelEntry, *, quantisation: str, max_new_tokens: int) -> dict[str, str]:
    """All of a model that decides its text, found out without torch: the store's key begins with it.

    The revision is a commit, or the hash of a folder's weights, configuration, tokenizer and chat template; an adapter
    is known by the hash of its own, and where the chat template asks for the date, the day that it is told is a part.
    Raises ModelUnavailableError where neither the folder, the hub nor its cache has the model, or the adapter is not to be had.
    Of a server it is known where it is and what it calls its model.
    """
    try:
        if entry.server:
            from itemwise.models.server.server_model import server_identity

            return server_identity(entry, max_new_tokens=max_new_tokens)
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
        "quantisation": quantisation,
        "compute": _compute(),
        "system": entry.system or "",
        **({"clock": clock} if clock else {}),
        "decoding": "greedy",
        "max new tokens": str(max_new_tokens),
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
