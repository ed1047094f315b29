"""Everything one process needs of the model under test: lazy model, engine, cached replies, description."""

from pathlib import Path

from itemwise.engine.engine import Engine
from itemwise.engine.replicas import ReplicatedModel
from itemwise.models import LoadOptions, ModelEntry
from itemwise.models.identity import identity_of
from itemwise.models.lazy import LazyModel, ReplayModel
from itemwise.replies import read_replies
from itemwise.results.store import MACHINE, ModelReplies, Store, key_of
from itemwise.session.settings import Settings

__all__ = ["ModelSession"]


class ModelSession:
    """The model of `entry` under a run's settings, in the process `rank` of `world_size`. Nothing is loaded before a reply is
    wanted that `store` does not hold.

    Raises ModelUnavailableError where the model is not to be had, and StoreError where its replies are not.
    """

    def __init__(self, entry: ModelEntry, settings: Settings, store: Store, *, rank: int = 0, world_size: int = 1) -> None:
        options = LoadOptions(entry.quantisation, entry.max_new_tokens, rank, world_size, entry.compute)
        self._file = read_replies(Path(entry.location)) if entry.replies else None
        identity = self._file.identity if self._file else identity_of(entry, options)
        if settings.replay and store.description(key_of(identity)) is None:  # replies of another machine, which this one did not measure
            identity = {name: value for name, value in identity.items() if name not in MACHINE}
        self.identity = identity
        self.model = _model(entry, settings, options)
        replies = ModelReplies(store, self.identity, fresh=settings.fresh, replay=settings.replay)
        self.engine = Engine(self.model, settings.batch_size and settings.batch_size * settings.replicas, replies)
        self._store = store
        self._load_seconds = 0.0
        self._described: dict[str, str] = {}

    @property
    def loading(self) -> tuple[str, float] | None:
        """The model's name and when its load began, by the monotonic clock; None while it is not being loaded."""
        since: float | None = getattr(self.model, "loading_since", None)
        return None if since is None else (self.model.name, since)

    def new_load_seconds(self) -> float:
        """Seconds that loading took since this was last asked."""
        before, self._load_seconds = self._load_seconds, float(getattr(self.model, "load_seconds", 0.0))
        return self._load_seconds - before

    @property
    def tokens(self) -> int:
        """How many tokens were generated, those of unfinished replies included where the model counts them."""
        return self.engine.tokens + int(getattr(self.model, "tokens_underway", 0))

    def release(self) -> None:
        """Free the weights, so that the next model has the memory to itself."""
        self.model.release()

    def describe(self) -> dict[str, str]:
        """How the model describes itself, or did when its stored replies were made."""
        if self._file:
            return self._file.describe(self.model.name)
        if not self._described:
            key = key_of(self.identity)
            if self.model.is_loaded:
                self._described = self.model.describe()
                self._store.keep_description(key, self._described)
            elif stored := self._store.description(key):
                self._described = stored | {"model": self.model.name}
        return self._described or self.identity | {"model": self.model.name}  # killed before it could be described


def _model(entry: ModelEntry, settings: Settings, options: LoadOptions) -> LazyModel | ReplicatedModel | ReplayModel:
    if entry.replies:
        return ReplayModel(entry.name, f"{entry.name} is a file of replies, which cannot be asked.")
    if settings.replay:
        return ReplayModel(entry.name)
    if settings.engine == "ray" and not entry.server:
        return ReplicatedModel(entry, options, replicas=settings.replicas, gpus=settings.gpus_per_replica, batch_size=settings.batch_size)
    return LazyModel(entry, options)
