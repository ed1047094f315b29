"""A checkpoint in memory: the torch model, its tokenizer and vision processor, and how it was loaded."""

from dataclasses import dataclass
from typing import Any

import torch

from itemwise.models.gguf import GGUFHeader
from itemwise.models.local.gguf_checkpoint import gguf_type
from itemwise.models.local.linear_kernels import is_dequantised
from itemwise.models.local.vision import VisionProcessor, is_multimodal
from itemwise.models.model import ModelEntry

__all__ = ["LoadedCheckpoint"]


@dataclass(frozen=True, eq=False)
class LoadedCheckpoint:
    """`entry` at `revision` as transformers loaded it: a commit, or the hash of a folder or of a GGUF, whose header is `gguf`.

    `vision` is None for a model without pictures. `prepacked` says that the linear layers multiply by copies of their weights.
    `own_quantisation` is how the checkpoint itself is quantised, which transformers forgets where it dequantises.
    """

    entry: ModelEntry
    revision: str
    quantisation: str
    model: Any
    tokenizer: Any
    vision: VisionProcessor | None = None
    prepacked: bool = False
    gguf: GGUFHeader | None = None
    own_quantisation: str | None = None

    @property
    def device(self) -> torch.device:
        """The device of the model's first weights."""
        return self.model.device  # type: ignore[no-any-return]  # transformers is untyped

    @property
    def dtype(self) -> str:
        """The model's dtype by name, such as ``float32``."""
        return str(self.model.dtype).removeprefix("torch.")

    def quantisation_text(self) -> str:
        """How the weights are quantised, in words."""
        if self.gguf:
            return f"GGUF {gguf_type(self.gguf)}, dequantised"
        if self.own_quantisation:
            return f"the checkpoint's own ({self.own_quantisation}){', dequantised' if is_dequantised(self.model) else ''}"
        kept = ", vision tower unquantised" if self.quantisation != "none" and is_multimodal(self.model.config) else ""
        return self.quantisation + (" (double quantised)" if self.quantisation in ("nf4", "fp4") else "") + kept
