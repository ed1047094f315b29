"""Run folders to hold a run against."""

from tests.commands.conftest import reports

__all__ = ["reports"]
