"""LLM benchmarks as pytest: every dataset item is a case, every run an accuracy that says how sure it is."""

from itemwise.benchmark import cases
from itemwise.case import Case, Reply, Turn, Verdict
from itemwise.rows import Hub, Row, Source, hub, rows

__all__ = ["Case", "Hub", "Reply", "Row", "Source", "Turn", "Verdict", "cases", "hub", "rows"]
__version__ = "0.1.0"
