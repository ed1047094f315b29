"""LoRA adapters: peft's configuration is checked, and the adapter put into the layers of a loaded model, unmerged."""

import warnings
from pathlib import Path
from typing import Any

from itemwise.models.checkpoint import own_quantisation, require_adapter
from itemwise.models.extras import install_hint
from itemwise.models.local.library_context import memory_errors
from itemwise.models.model import ModelEntry, ModelError, OutOfMemoryError, one_line

__all__ = ["adapted", "adapter_config"]

_UNSUPPORTED = ("POLY", "SHADOW", "VBLORA", "XLORA")  # kinds that keep part of themselves outside the layers they change


def adapter_config(entry: ModelEntry, folder: Path) -> Any:
    """The adapter's configuration as peft reads it. Raises ModelError for a kind that is more than changed layers."""
    require_adapter(folder)
    try:
        from peft import PeftConfig
        from peft import __version__ as peft_version
    except ImportError as error:
        raise ModelError(f"{entry.name} has an adapter, which needs peft ({error}): {install_hint('adapter')}.") from None
    try:
        config = PeftConfig.from_pretrained(str(folder))
    except Exception as error:  # each kind of adapter checks its configuration in its own way
        raise ModelError(
            f"the adapter {folder} cannot be read by peft {peft_version} ({_cause(error)}). "
            "Check its adapter_config.json, or upgrade peft if a newer one wrote it."
        ) from None
    if kind := _unsupported_kind(config):
        raise ModelError(f"the adapter {folder} is of the kind {kind}, which is more than changed layers and not supported; give a LoRA.")
    return config


def adapted(entry: ModelEntry, config: Any, model: Any) -> Any:
    """`model` itself, with the adapter in its layers. Raises ModelError for a weight without a layer, or a layer without a weight."""
    from peft import PeftModel

    try:
        with memory_errors(), warnings.catch_warnings():  # the libraries' own, about themselves
            warnings.simplefilter("ignore", FutureWarning)
            wrapper = PeftModel(model, config)
            report = wrapper.load_adapter(entry.adapter, "default", torch_device=str(model.device))
    except OutOfMemoryError:
        raise
    except Exception as error:  # layers not found, other sizes, another kind of layer: each an error of its own
        raise ModelError(_misfit(entry, config, model, _cause(error))) from None
    if report.unexpected_keys:
        raise ModelError(_misfit(entry, config, model, f"the model has no place for its {min(report.unexpected_keys)}"))
    if report.missing_keys:
        raise ModelError(_misfit(entry, config, model, f"it lacks {min(report.missing_keys)}"))
    return wrapper.get_base_model()


def _unsupported_kind(config: Any) -> str | None:
    """The kind of an adapter that works through peft's wrapper, without which it would silently do nothing; else None."""
    if getattr(config, "alora_invocation_tokens", None):
        return "aLoRA"
    return str(config.peft_type.value) if config.is_prompt_learning or config.peft_type in _UNSUPPORTED else None


def _misfit(entry: ModelEntry, config: Any, model: Any, cause: str) -> str:
    made_for = config.base_model_name_or_path or "a model that its adapter_config.json does not name"
    return (
        f"the adapter {entry.adapter} does not fit {entry.location} ({cause}). It was made for {made_for}: "
        "ask it on top of that, and check that the folder is whole."
        + (" Some adapters also need --quant none." if own_quantisation(model.config) else "")
    )


def _cause(error: Exception) -> str:
    """The kind of the error and its first two lines: of weights that do not fit, the second says which."""
    return f"{type(error).__name__}: {one_line(' '.join(str(error).splitlines()[:2]))}"
