"""Extractor comparison: accuracy by extractor, the spread, and the replies that extractors read differently."""

from collections.abc import Iterator, Sequence

from itemwise.analysis.extractor_comparison import Extraction, ExtractorComparison, ExtractorResult, extractor_comparisons, is_right
from itemwise.cases.reply import Verdict
from itemwise.language import ENGLISH, Language, joined, phrase
from itemwise.reporting.narrow import fitted
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import OnPage, Row, Section, figures, words
from itemwise.reporting.table import accuracy_text
from itemwise.results.entry import Entry
from itemwise.results.safe_text import shortened

__all__ = ["build", "extractors_table", "extractors_lines"]

_COLUMNS = (
    *words("benchmark", "model, strategy", "extractor"),
    *figures("accuracy", "95% interval", "correct", "wrong", "no answer", "raised", "replies"),
)
_SHOWN = 60  # characters of an answer or a fault in the list of disagreements


def build(run: RunFacts) -> Iterator[Section]:
    """What other extractors make of the run's replies; in a terminal a line for each benchmark, model and strategy."""
    yield extractors_table(extractor_comparisons(run.plain_tallies, run.entries))


def extractors_table(compared: Sequence[ExtractorComparison]) -> Section:
    """A row for the run's own reading of each benchmark, model and strategy, and one for each extractor."""
    return Section(
        "readers",
        "The same replies under other extractors",
        _COLUMNS,
        [Row(cells) for comparison in compared for cells in _rows(comparison)],
        brief=[_brief(comparison) for comparison in compared],
        record={"readers": [record for comparison in compared for record in _record(comparison)]},
        page=OnPage(title="Other extractors"),
    )


def _rows(comparison: ExtractorComparison) -> Iterator[tuple[str, ...]]:
    tally = comparison.tally
    name = (tally.benchmark, ", ".join(tally.key.names[1:]))
    counts = [tally.counts[verdict] for verdict in (Verdict.CORRECT, Verdict.WRONG)]
    nothing = tally.counts[Verdict.NO_ANSWER] + tally.counts[Verdict.TRUNCATED]
    yield (*name, phrase("as the run judged"), *accuracy_text(tally.accuracy), *map(str, counts), str(nothing), "-", str(tally.judged))
    for result in comparison.results:
        judgeable = len(result.extractions) - result.raised
        nothing = sum(read.answer is None and not read.fault for read in result.extractions)
        counts = [result.correct, judgeable - result.correct - nothing, nothing, result.raised, len(result.extractions)]
        yield (*name, result.extractor, *accuracy_text(result.accuracy), *map(str, counts))


def _brief(comparison: ExtractorComparison) -> str:
    shares = ", ".join(f"{result.extractor} {accuracy_text(result.accuracy)[0]}" for result in comparison.brief)
    return phrase("the same replies read by other extractors: {name}: {shares}", name=", ".join(comparison.tally.key.names), shares=shares)


def _record(comparison: ExtractorComparison) -> list[dict[str, object]]:
    return [
        {
            **comparison.tally.key.record(),
            "reader": result.extractor,
            "accuracy": result.share,
            "correct": result.correct,
            "raised": result.raised,
            "n": len(result.extractions),
        }
        for result in comparison.results
    ]


def extractors_lines(compared: Sequence[ExtractorComparison], most: int, say: Language = ENGLISH, width: int = 0) -> list[str]:
    """Accuracy by extractor, in a table of at most `width` characters, 0 for any; their spread, and the cases they read in more than one
    way, at most `most` of each."""
    table = extractors_table(compared).told(say)
    lines = fitted(table.table(), table.words, width, say)
    for comparison in compared:
        lines += ["", *say.cells([*_summary(comparison), *_disagreements(comparison.results, most)])]
    return lines


def _summary(comparison: ExtractorComparison) -> Iterator[str]:
    yield ", ".join(comparison.tally.key.names)
    if comparison.spread is not None:
        (low, high), results = comparison.spread, comparison.results
        told = "  the extractor moves the score by {points:.1f} points: {lowest}; {highest}"
        yield phrase(told, points=100 * (high - low), lowest=_by(results, low), highest=_by(results, high))
    indices = [index for index, entry in enumerate(comparison.results[0].entries) if entry.verdict.is_judged]
    for result in comparison.results:
        same = sum(result.extractions[index].answer == result.entries[index].answer for index in indices)
        yield phrase(
            "  {name} reads as the run did in {same} of {n} judged {n:reply|replies}", name=result.extractor, same=same, n=len(indices)
        )


def _by(results: Sequence[ExtractorResult], share: float) -> str:
    return phrase("{share:.1%} by {names}", share=share, names=", ".join(result.extractor for result in results if result.share == share))


def _disagreements(results: Sequence[ExtractorResult], most: int) -> Iterator[str]:
    """The replies on which extractors part ways, the telling ones first: a fault, two answers, then an answer by some only."""
    reads = zip(*(result.extractions for result in results), strict=True)
    names = [result.extractor for result in results]
    differing = [(entry, read) for entry, read in zip(results[0].entries, reads, strict=True) if len(set(read)) > 1]
    differing.sort(key=lambda pair: _read_by_some_only(pair[1]))
    some_only = sum(_read_by_some_only(read) for _, read in differing)
    told = "  {n} {n:reply is|replies are} read in more than one way, {some} of them read by some and not by others"
    yield phrase(told, n=len(differing), some=some_only)
    for entry, read in differing[:most]:
        by_answer = _by_answer(entry, names, read)
        yield phrase("  {case}, expected {expected!r}: {by_answer}", case=entry.case, expected=entry.expected, by_answer=by_answer)
    if len(differing) > most:
        yield phrase("  and {n} more; --most {all} lists all", n=len(differing) - most, all=len(differing))


def _read_by_some_only(read: Sequence[Extraction]) -> bool:
    return not any(one.fault for one in read) and len({one.answer for one in read} - {None}) == 1


def _by_answer(entry: Entry, names: Sequence[str], read: Sequence[Extraction]) -> str:
    extractors: dict[Extraction, list[str]] = {}
    for name, one in zip(names, read, strict=True):
        extractors.setdefault(one, []).append(name)
    told = {True: "{answer} (right) by {names}", False: "{answer} by {names}"}
    texts = {one: told[is_right(entry, one)] for one in extractors}
    return joined((phrase(texts[one], answer=_read_text(one), names=", ".join(by)) for one, by in extractors.items()), "; ")


def _read_text(read: Extraction) -> str:
    if read.fault:
        return phrase("raised {fault!r}", fault=shortened(read.fault, _SHOWN))
    return phrase("nothing") if read.answer is None else repr(shortened(read.answer, _SHOWN))
