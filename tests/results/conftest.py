"""Run folders to read back."""

from tests.commands.conftest import reports

__all__ = ["reports"]
