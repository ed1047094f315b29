"""Reports: each a pure function of what a run found."""

from itemwise.reporting.run_record import RunRecord
from itemwise.reporting.write_folder import shown_path, write_reports

__all__ = ["RunRecord", "shown_path", "write_reports"]
