"""Checkpoints made once for the session, and torch on one thread: they are too small for more."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def one_thread() -> Iterator[None]:
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> Callable[..., Path]:
    """``checkpoint("llama", chat=False)`` is a folder that nobody may change."""
    from tests.models.checkpoints import make_checkpoint

    @cache
    def made(kind: str = "qwen2", *, chat: bool = True) -> Path:
        return make_checkpoint(tmp_path_factory.mktemp("checkpoints") / kind, kind, chat=chat)

    return made


@pytest.fixture
def copied(checkpoint: Callable[..., Path], tmp_path: Path) -> Callable[..., Path]:
    """A checkpoint of one's own, to break or change."""

    def copy(kind: str = "qwen2", *, chat: bool = True) -> Path:
        return Path(shutil.copytree(checkpoint(kind, chat=chat), tmp_path / kind))

    return copy
