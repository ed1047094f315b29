"""Reports: each a pure function of what a run found."""

from itemwise.reporting.folder import write_reports
from itemwise.reporting.run import RunRecord

__all__ = ["RunRecord", "write_reports"]
