"""Checkpoints made once for the session, as the models' tests make them."""

from tests.models.conftest import checkpoint, copied, one_thread

__all__ = ["checkpoint", "copied", "one_thread"]
