"""The model under test with what was said before: engine, store and description of the one model a process holds."""

from __future__ import annotations

from itemwise.engine.batching import STATIC_BATCH
from itemwise.engine.engine import Engine
from itemwise.models import ModelEntry
from itemwise.models.lazy import DeferredModel, RecalledModel, identity_of
from itemwise.models.replicas import ReplicatedModel
from itemwise.results.store import MACHINE, ModelReplies, Store, key_of
from itemwise.session.settings import Settings

__all__ = ["ModelInUse"]


class ModelInUse:
    """`entry` as a run's settings want it asked. Nothing is loaded before a reply is wanted that `store` does not hold.

    Raises ModelUnavailableError where the model is not to be had, and StoreError where its replies are not.
    """

    def __init__(self, entry: ModelEntry, settings: Settings, store: Store, share: tuple[int, int]) -> None:
        limit = settings.token_limit(entry)
        identity = identity_of(entry, quantisation=settings.quantisation, max_new_tokens=limit)
        if settings.replay and store.description(key_of(identity)) is None:  # what others measured is no measurement of this machine
            identity = {name: value for name, value in identity.items() if name not in MACHINE}
        self.identity = identity
        self.model = _model(entry, settings, limit, share)
        memory = ModelReplies(store, self.identity, fresh=settings.fresh, replay=settings.replay)
        self.engine = Engine(self.model, _batch_size(settings), memory)
        self._store = store
        self._described: dict[str, str] = {}

    @property
    def loading(self) -> tuple[str, float] | None:
        """The model and since when it is being loaded, by the monotonic clock; None where it is not."""
        since: float | None = getattr(self.model, "loading_since", None)
        return None if since is None else (self.model.name, since)

    @property
    def tokens(self) -> int:
        """How many were generated, those of replies that are not finished among them where the model tells."""
        return self.engine.tokens + int(getattr(self.model, "tokens_underway", 0))

    def release(self) -> None:
        """Let go of the weights, so that the next model has the memory to itself."""
        self.model.release()

    def describe(self) -> dict[str, str]:
        """How the model describes itself, or did when its stored replies were made."""
        if not self._described:
            key = key_of(self.identity)
            if self.model.is_loaded:
                self._described = self.model.describe()
                self._store.keep_description(key, self._described)
            elif known := self._store.description(key):
                self._described = known | {"model": self.model.name}
        return self._described or self.identity | {"model": self.model.name}  # killed before it could be described


def _batch_size(settings: Settings) -> int | None:
    """How many cases are asked at once; None leaves it to the model."""
    if settings.engine == "ray":
        return (settings.batch_size or STATIC_BATCH) * settings.replicas
    return settings.batch_size


def _model(entry: ModelEntry, settings: Settings, limit: int, share: tuple[int, int]) -> DeferredModel | ReplicatedModel | RecalledModel:
    if settings.replay:
        return RecalledModel(entry.name)
    if settings.engine == "ray" and not entry.server:
        return ReplicatedModel(
            entry,
            quantisation=settings.quantisation,
            max_new_tokens=limit,
            replicas=settings.replicas,
            gpus=settings.gpus_per_replica,
        )
    return DeferredModel(entry, quantisation=settings.quantisation, max_new_tokens=limit, share=share)
