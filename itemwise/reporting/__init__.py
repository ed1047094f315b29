"""Reports: each a pure function of what a run found."""

from itemwise.reporting.folder import shown_path, write_reports
from itemwise.reporting.run import RunRecord

__all__ = ["RunRecord", "shown_path", "write_reports"]
