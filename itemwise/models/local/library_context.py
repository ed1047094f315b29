"""Context managers around calls into torch, transformers and bitsandbytes: no progress bars, one error for out of memory."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import torch
import transformers

from itemwise.models.model import OutOfMemoryError

__all__ = ["memory_errors", "quiet"]


@contextmanager
def quiet() -> Iterator[None]:
    """No progress bars and no advice of the libraries, which in int8 comes with every matrix product."""
    loggers = [logging.getLogger(name) for name in ("transformers", "bitsandbytes")]
    levels = [logger.level for logger in loggers]
    bars = transformers.logging.is_progress_bar_enabled()
    transformers.logging.disable_progress_bar()
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        if bars:
            transformers.logging.enable_progress_bar()


@contextmanager
def memory_errors() -> Iterator[None]:
    """Raises OutOfMemoryError for whatever the libraries raise when memory runs out."""
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise OutOfMemoryError(str(error)) from None
    except RuntimeError as error:
        if "allocate memory" in str(error):
            raise OutOfMemoryError(str(error)) from None
        raise
