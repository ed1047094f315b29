"""Calibration of scored options: confidence beside accuracy, Brier score, expected calibration error, and a picture of it on the page."""

from collections.abc import Iterator, Sequence

from itemwise.analysis.calibration import Calibration, calibration
from itemwise.analysis.likelihood_results import likelihood_results
from itemwise.language import phrase
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import OnPage, Row, Section, figures, key_cells, key_columns
from itemwise.reporting.table import short_names
from itemwise.results.ledger import Tally
from itemwise.results.statistics import Interval

_COLUMNS = figures("n", "confidence", "accuracy", "Brier", "95% interval", "bins", "ECE", "95% interval", "if calibrated", "at most")
_LEGEND = (
    "confidence: the mean share of the options' probability that the answers have; Brier: squared error over all options, 0 to 2.",
    "ECE: mean distance of confidence and accuracy over bins of equally many cases, as many bins as have 20 or more, at most ten.",
    "if calibrated: what the ECE of a calibrated model with these confidences is by chance alone, and at most in 95% of samples; an ECE "
    "above that is no chance.",
)


def build(run: RunFacts) -> Iterator[Section]:
    """A row for each tally whose options were scored."""
    found = [(result.tally, calibration(result.cases)) for result in likelihood_results(run.tallies, run.entries)]
    if found:
        names = short_names(run.tallies)
        yield Section(
            "calibration",
            "Calibration",
            (*key_columns(run.tallies), *_COLUMNS),
            [Row((*key_cells(tally, run.tallies), *_row(each))) for tally, each in found],
            legend=_LEGEND,
            record={"calibration": [_record(tally, each) for tally, each in found]},
            page=OnPage(layout="calibration", data=[(names[tally.key], each) for tally, each in found]),
        )


def _row(found: Calibration) -> Sequence[str]:
    correct = sum(each.share * each.cases for each in found.bins) / found.cases
    figures = (
        f"{found.confidence:.1%}",
        f"{correct:.1%}",
        f"{found.brier:.3f}",
        _ends(found.brier_interval) if found.brier_interval else "-",
        f"{len(found.bins)} x {min(each.cases for each in found.bins)}",
        f"{found.ece:.3f}",
        _ends(found.interval),
        f"{found.if_calibrated:.3f}",
        f"{found.by_chance:.3f}",
    )
    return (str(found.cases), *figures)


def _ends(interval: Interval) -> str:
    return phrase("{low:.3f} to {high:.3f}", low=interval.low, high=interval.high)


def _record(tally: Tally, found: Calibration) -> dict[str, object]:
    return {**tally.key.record(), **vars(found), "bins": [vars(each) for each in found.bins]}
