"""Models behind one small interface; libraries are imported only where a model loads."""

from itemwise.models.model import (
    PLANNED,
    QUANTISATIONS,
    ContextFullError,
    ContinuousModel,
    Generation,
    LoadOptions,
    Model,
    ModelEntry,
    ModelError,
    ModelUnavailableError,
    OutOfMemoryError,
    Request,
    RunningBatch,
    ScoringModel,
    score,
)
from itemwise.models.registry import REGISTRY, entry_named, loaded_as, registry_with, with_adapter, with_pixels

__all__ = [
    "PLANNED",
    "QUANTISATIONS",
    "REGISTRY",
    "ContextFullError",
    "ContinuousModel",
    "Generation",
    "LoadOptions",
    "Model",
    "ModelEntry",
    "ModelError",
    "ModelUnavailableError",
    "OutOfMemoryError",
    "Request",
    "RunningBatch",
    "ScoringModel",
    "entry_named",
    "loaded_as",
    "registry_with",
    "score",
    "with_adapter",
    "with_pixels",
]
