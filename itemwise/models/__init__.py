"""Models behind one small interface; libraries are imported only where a model loads."""

from itemwise.models.model import QUANTISATIONS, Generation, Model, ModelError, ModelUnavailableError, OutOfMemoryError, Request
from itemwise.models.registry import REGISTRY, ModelEntry, entry_named, registry_with

__all__ = [
    "QUANTISATIONS",
    "REGISTRY",
    "Generation",
    "Model",
    "ModelEntry",
    "ModelError",
    "ModelUnavailableError",
    "OutOfMemoryError",
    "Request",
    "entry_named",
    "registry_with",
]
