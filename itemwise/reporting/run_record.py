"""The record of a run, which every report is made of: its facts and its sections."""

from dataclasses import dataclass
from functools import cached_property

from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections import BUILDERS, Builder
from itemwise.reporting.sections.section import Section

__all__ = ["RunRecord"]


@dataclass(frozen=True)
class RunRecord(RunFacts):
    """A finished (or stopped) run with the sections of its reports."""

    @property
    def sections(self) -> list[Section]:
        """The sections in their order. One that cannot be made is missing from all reports, and `troubles` says why."""
        return [section for sections, _ in self._made for section in sections]

    @cached_property
    def told(self) -> list[Section]:
        """The sections in the run's language, for people."""
        return [section.told(self.language) for section in self.sections]

    @property
    def troubles(self) -> list[str]:
        """What kept sections from being made."""
        return [trouble for _, trouble in self._made if trouble]

    @cached_property
    def _made(self) -> list[tuple[list[Section], str]]:
        return [_made_by(build, self) for build in BUILDERS]


def _made_by(build: Builder, run: RunFacts) -> tuple[list[Section], str]:
    try:
        return list(build(run)), ""
    except Exception as error:  # a fault of one section must not cost the reports
        name = build.__module__.rpartition(".")[2].removesuffix("_section")
        return [], f"the section {name} could not be made: {type(error).__name__}: {error}"
