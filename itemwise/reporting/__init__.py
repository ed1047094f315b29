"""Reports: sections of a run's results, and writers that put them into files; each a pure function of the run's record."""

from itemwise.reporting.run_record import RunRecord
from itemwise.reporting.write_folder import shown_path, write_reports

__all__ = ["RunRecord", "shown_path", "write_reports"]
