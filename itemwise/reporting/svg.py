"""SVG charts for pages, mostly in percent of its width, to fit any screen. Only numbers and words of our own go in."""

from collections.abc import Sequence

from markupsafe import Markup

from itemwise.analysis.calibration import Bin, Calibration
from itemwise.analysis.pairs import Pair
from itemwise.language import ENGLISH, Language, joined, phrase
from itemwise.reporting.first_screen import Level
from itemwise.reporting.sections.spread_section import Distribution
from itemwise.reporting.single_page import trusted
from itemwise.reporting.table import accuracy_text, points_text
from itemwise.results.statistics import Estimate

__all__ = ["GRID", "accuracy_axis", "accuracy_track", "change_bar", "flips", "histogram", "reliability"]

GRID = (0, 25, 50, 75, 100)  # percent
_WIDTH = 120  # pixels of the drawing of flips


def accuracy_track(accuracy: Estimate, levels: Sequence[Level] = (), thick: int = 10, say: Language = ENGLISH) -> Markup | str:
    """An accuracy as a point and its interval as a bar, `thick` pixels high, on an axis from 0 to 100%, each of `levels` as a line across;
    nothing where none was judged."""
    if accuracy.share is None or accuracy.interval is None:
        return ""
    low, high = (100 * end for end in accuracy.interval)
    share, interval = accuracy_text(accuracy)
    told = [phrase("{share}, 95% interval {interval}", share=share, interval=interval)]
    label = say(joined([*told, *(phrase("{name} {share:.1%}", name=phrase(level.name), share=level.share) for level in levels)]))
    lines = "".join(
        f'<line class="level {level.name.partition(" ")[0]}" x1="{100 * level.share:.2f}%" x2="{100 * level.share:.2f}%" y1="6%" y2="94%"/>'
        for level in levels
    )
    return trusted(
        f'<svg class="track" role="img" aria-label="{label}">{_grid()}'
        f'<rect class="interval" x="{low:.2f}%" width="{high - low:.2f}%" y="50%" height="{thick}" rx="2" '
        f'transform="translate(0 -{thick / 2:g})"/>{lines}'
        f'<circle class="point" cx="{100 * accuracy.share:.2f}%" cy="50%" r="{thick * 0.4:g}"/></svg>'
    )


def change_bar(pair: Pair, finding: str, say: Language = ENGLISH) -> Markup | str:
    """What a pair changed, on the axis of accuracies: a bar from its first side's accuracy to its second's on the cases of both, and as a
    line the 95% interval of the difference; nothing where none was judged by both."""
    if pair.change is None:
        return ""
    before = float(sum(map(pair.first.share, pair.judged)) / len(pair.judged))
    after = before + pair.change
    low, high = (100 * min(1, max(0, before + end)) for end in pair.interval)
    left, width = 100 * min(before, after), 100 * abs(after - before)
    kind = {"helps": "better", "hurts": "worse"}.get(finding, "unshown")
    ends = dict(zip(("low", "high"), map(points_text, pair.interval), strict=True))
    told = "from {before:.1%} to {after:.1%}, 95% interval of the change {low} to {high}: {finding}"
    label = say(phrase(told, before=before, after=after, finding=finding, **ends))
    return trusted(
        f'<svg class="track change {kind}" role="img" aria-label="{label}">{_grid()}'
        f'<line class="before" x1="{100 * before:.2f}%" x2="{100 * before:.2f}%" y2="100%"/>'
        f'<rect class="moved" x="{left:.2f}%" width="{width:.2f}%" y="50%" height="16" rx="1" transform="translate(0 -8)"/>'
        f'<line class="range" x1="{low:.2f}%" x2="{high:.2f}%" y1="50%" y2="50%"/>'
        f'<circle class="point" cx="{100 * after:.2f}%" cy="50%" r="4.5"/></svg>'
    )


def accuracy_axis() -> Markup:
    """The figures below a column of tracks."""
    figures = "".join(f'<text x="{percent}%" y="1em" text-anchor="middle">{percent}%</text>' for percent in GRID)
    return trusted(f'<svg class="axis" aria-hidden="true">{figures}</svg>')


def reliability(found: Calibration, say: Language = ENGLISH) -> Markup:
    """The share of right answers in each bin over its confidence, both from 0 to 100%, with the share's 95% interval as a line; beside
    the diagonal where the two are equal, to which a bin's distance is drawn."""
    bins = [phrase("{share:.0%} at {confidence:.0%}", share=each.share, confidence=each.confidence) for each in found.bins]
    points = "".join(
        f"<g><title>{say(phrase('{bin}, {n} {n:case|cases}', bin=told, n=each.cases))}</title>{_reliability_bin(each)}</g>"
        for told, each in zip(bins, found.bins, strict=True)
    )
    label = say("accuracy by confidence of {n} {n:case|cases}: {bins}", n=found.cases, bins=joined(bins))
    grid = "".join(f'<line class="grid" y1="{percent}%" y2="{percent}%" x2="100%"/>' for percent in GRID[:-1]) + _grid()
    figures = "".join(f'<text x="-.5em" y="{100 - percent}%" dy=".35em">{percent}%</text>' for percent in GRID)
    diagonal = '<line class="diagonal" x1="0" y1="100%" x2="100%" y2="0"/>'
    return trusted(f'<svg class="reliability" role="img" aria-label="{label}">{grid}{figures}{diagonal}{points}</svg>')


def _reliability_bin(each: Bin) -> str:
    x, y, (low, high) = 100 * each.confidence, 100 * each.share, (100 * end for end in each.interval)
    return (
        f'<line class="gap" x1="{x:.2f}%" x2="{x:.2f}%" y1="{100 - x:.2f}%" y2="{100 - y:.2f}%"/>'
        f'<line class="range" x1="{x:.2f}%" x2="{x:.2f}%" y1="{100 - high:.2f}%" y2="{100 - low:.2f}%"/>'
        f'<circle class="point" cx="{x:.2f}%" cy="{100 - y:.2f}%" r="4"/>'
    )


def histogram(distribution: Distribution, say: Language = ENGLISH) -> Markup | str:
    """How many values lie in each bin, the token limit as a dashed line where it lies on the axis; nothing without a value."""
    counts = distribution.counts
    if not counts:
        return ""
    wide, most = 100 / len(counts), max(counts)
    bars = "".join(_bin(index * wide, wide, 100 * count / most) for index, count in enumerate(counts) if count)
    limit_at = None if distribution.limit_position is None else f"{distribution.limit_position:.2%}"
    limit = f'<line class="limit" x1="{limit_at}" x2="{limit_at}" y2="100%"/>' if limit_at else ""
    told = "{n} {n:value|values} of {unit}: {quantiles}"
    label = say(told, n=len(distribution.values), unit=phrase(distribution.unit), quantiles=distribution.text)
    return trusted(f'<svg class="histogram" role="img" aria-label="{label}">{bars}{limit}</svg>')


def flips(gained: int, lost: int, judged: int, say: Language = ENGLISH) -> Markup | str:
    """The flips of a pair: the lost ones to the left of the middle, the gained ones to its right. Each half is as wide as the
    larger of the two, or as a tenth of the `judged` cases where that is more. Empty where nothing was judged."""
    if not judged:
        return ""
    half = _WIDTH / 2
    scale = half / max(gained, lost, judged / 10)
    label = say("{lost} lost, {gained} gained", lost=lost, gained=gained)
    drawing = (
        f'<svg class="bar" width="{_WIDTH}" height="12" role="img" aria-label="{label}">'
        f'<rect class="whole" width="{_WIDTH}" height="12"/>'
        f'<rect class="lost" x="{half - lost * scale:.1f}" width="{lost * scale:.1f}" y="2" height="8"/>'
        f'<rect class="gained" x="{half}" width="{gained * scale:.1f}" y="2" height="8"/>'
        f'<rect class="middle" x="{half - 0.5}" width="1" height="12"/></svg>'
    )
    return trusted(drawing)


def _bin(left: float, width: float, height: float) -> str:
    return f'<rect class="bin" x="{left:.2f}%" width="{width:.2f}%" y="{100 - height:.2f}%" height="{height:.2f}%"/>'


def _grid() -> str:
    return "".join(f'<line class="grid" x1="{percent}%" x2="{percent}%" y2="100%"/>' for percent in GRID)
