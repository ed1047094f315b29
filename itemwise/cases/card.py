"""A benchmark's card: version, source, size, licence, what it measures and the numbers that others published of it."""

from dataclasses import dataclass

from itemwise.cases.row import Hub

__all__ = ["QUICK", "QUICK_ROWS", "SUITES", "Card"]

QUICK, QUICK_ROWS = "quick", 20
SUITES = {
    "maths": "benchmarks whose answer is a number or an expression",
    "choices": "benchmarks whose answer is an option",
    "pictures": "benchmarks that show pictures",
    QUICK: f"benchmarks, {QUICK_ROWS} rows of each where --sample says nothing",
}


@dataclass(frozen=True)
class Card:
    """What a benchmark is, for whoever chooses among many: `hub` is where its rows live, `rows` how many there are, in words.

    A changed prompt, extractor or rule of rows raises the `version`: runs of different versions are not compared without a word. Each of
    `suites` is a mark of the test, which ``-m`` selects. The mean over the values of the tag `macro` is reported beside the accuracy, where
    published numbers are such means. Cases with one value of the tag `cluster`, such as the instances of a template or the questions on one
    picture, are right and wrong together: intervals and paired tests count them as one. Of each tag in `whole` the share of its values is
    told whose cases are all correct, such as of pairs of questions (pair accuracy). `published` are the numbers of others, each a line with
    setting and source.

    A benchmark with a card calls its cases after itself and their rows (``mmlu-12``, ``mgsm-zh-12``), so that ``-k`` tells what it leaves
    out before any row of it is read. Raises ValueError for a version below 1.
    """

    version: int
    measures: str
    hub: Hub
    rows: str
    licence: str
    suites: tuple[str, ...] = ()
    macro: str = ""
    cluster: str = ""
    whole: tuple[str, ...] = ()
    published: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a version that is no count."""
        if isinstance(self.version, bool) or not isinstance(self.version, int) or self.version < 1:
            raise ValueError(f"the version of a benchmark is a whole number from 1, got {self.version!r}.")
