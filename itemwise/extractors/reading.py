"""`Reading`, what an extractor returns: the answer as text, with its span in the reply and the rule that found it."""

from __future__ import annotations


class Reading(str):
    """An answer as canonical text that knows where it was read; it compares as the text it is.

    `start` and `end` are the span in the reply as it was given to the extractor, `rule` is the short name of the rule
    that read it, and `stated` is False only where no answer was announced and the number was merely the last one.

    >>> Reading("18", start=14, end=20, rule="the answer is") == "18"
    True
    """

    start: int
    end: int
    rule: str
    stated: bool

    def __new__(cls, text: str, *, start: int, end: int, rule: str, stated: bool = True) -> Reading:
        """The answer's text, with where and how it was read."""
        reading = super().__new__(cls, text)
        reading.start, reading.end, reading.rule, reading.stated = start, end, rule, stated
        return reading

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        return (str(self),), {"start": self.start, "end": self.end, "rule": self.rule, "stated": self.stated}

    def __getstate__(self) -> None:
        return None

    def __repr__(self) -> str:
        doubt = "" if self.stated else ", stated=False"
        return f"Reading({str(self)!r}, start={self.start}, end={self.end}, rule={self.rule!r}{doubt})"
