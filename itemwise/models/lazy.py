"""Lazy loading: a model is loaded at its first request, so a run whose replies are all stored never imports torch."""

import time
import warnings
from collections.abc import Sequence
from contextlib import ExitStack

from itemwise.models.extras import local_libraries
from itemwise.models.model import (
    ContinuousModel,
    Generation,
    LoadOptions,
    Model,
    ModelEntry,
    ModelError,
    ModelUnavailableError,
    Request,
    RunningBatch,
    score,
)
from itemwise.models.threads import keep_few_kernels, wait_passively

__all__ = ["LazyModel", "ReplayModel"]


class LazyModel:
    """The model of `entry`, loaded at the first request. A load that fails raises ModelUnavailableError: no case is at fault."""

    def __init__(self, entry: ModelEntry, options: LoadOptions) -> None:
        self.name = entry.name
        self._entry = entry
        self._options = options
        self._loaded: Model | None = None
        self._cleanup = ExitStack()
        self.loading_since: float | None = None  # by the monotonic clock, while it loads
        self.load_seconds = 0.0  # of all loads so far, with the libraries' import

    @property
    def is_loaded(self) -> bool:
        """Whether the weights are in memory."""
        return self._loaded is not None

    @property
    def tokens_underway(self) -> int:
        """Tokens generated so far of the replies that are not finished; 0 where the model does not count them. Loads nothing."""
        return int(getattr(self._loaded, "tokens_underway", 0))

    def release(self) -> None:
        """Free the weights, or close the server's client; this object may still be referenced, and loads again when it is asked."""
        self._cleanup.close()
        self._loaded = None

    @property
    def static_batch_size(self) -> int | None:
        """How many chats the loaded model takes in a static batch; None where any number. Loads the model."""
        return getattr(self._model(), "static_batch_size", None)

    def describe(self) -> dict[str, str]:
        """The loaded model's description; loads the model."""
        return self._model().describe()

    def generate(self, requests: Sequence[Request]) -> Sequence[Generation | Exception]:
        """Delegates to the loaded model; loads it first."""
        return self._model().generate(requests)

    def score(self, requests: Sequence[Request]) -> Sequence[Generation | Exception]:
        """Delegates to the loaded model, which may refuse; loads it first."""
        return score(self._model(), requests)

    def running(self) -> RunningBatch | None:
        """The loaded model's running batch, if it has one; loads the model."""
        model = self._model()
        return model.running() if isinstance(model, ContinuousModel) else None

    def _model(self) -> Model:
        if self._loaded is None:
            self.loading_since = time.monotonic()
            try:
                self._loaded = self._load()
                self.load_seconds += time.monotonic() - self.loading_since
            except ModelError as error:
                raise ModelUnavailableError(str(error)) from None
            finally:
                self.loading_since = None
            if close := getattr(self._loaded, "close", None):  # it holds something of the process, such as a client or torch's threads
                self._cleanup.callback(close)
        return self._loaded

    def _load(self) -> Model:
        if self._entry.server:
            from itemwise.models.server.server_model import connect

            return connect(self._entry, self._options)
        wait_passively()
        keep_few_kernels()
        with local_libraries(f"{self.name} is a local model, which"), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # the libraries' own, about themselves
            from itemwise.models.local.load import load
        return load(self._entry, self._options)


class ReplayModel:
    """A model that generates nothing, as replies come from the store or a file: a request that leads to it is an error of its case,
    told by `fault`."""

    def __init__(self, name: str, fault: str = "") -> None:
        self.name = name
        self._fault = fault or f"--replay: the store holds no reply of {name} to this case; run without --replay to ask for it."

    is_loaded = False

    def release(self) -> None:
        """No-op."""

    def describe(self) -> dict[str, str]:
        """The name alone; the store holds the description of the model that generated the replies."""
        return {"model": self.name}

    def generate(self, requests: Sequence[Request]) -> list[Generation]:  # noqa: ARG002 - whatever is asked
        """Raises ModelError."""
        raise ModelError(self._fault)

    def score(self, requests: Sequence[Request]) -> list[Generation]:
        """Raises ModelError as `generate` does."""
        return self.generate(requests)
