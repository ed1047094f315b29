"""``python -m itemwise extractors RUN``: the stored replies judged by several extractors."""

from collections.abc import Sequence
from pathlib import Path

from itemwise.analysis.extractor_comparison import extractor_comparisons
from itemwise.analysis.named_extractors import load_extractor
from itemwise.commands import CommandError, terminal_width
from itemwise.extractors.named_extractor import NamedExtractor
from itemwise.import_string import ImportStringError
from itemwise.language import ENGLISH, Language
from itemwise.reporting.narrow import wrapped
from itemwise.reporting.sections.extractors_section import extractors_lines
from itemwise.results.run_folder import RunFolder, read_run
from itemwise.results.safe_text import printable

__all__ = ["compare_extractors", "comparison_lines"]


def compare_extractors(name: str, own_extractors: Sequence[str], most: int, say: Language = ENGLISH) -> None:
    """Print what several extractors make of a run's replies. Raises CommandError where the run or an extractor cannot be had."""
    try:
        extractors = [load_extractor(text, [Path.cwd()]) for text in own_extractors]
    except ImportStringError as error:
        raise CommandError(str(error)) from None
    for line in comparison_lines(read_run(name), extractors, most, say, terminal_width()):
        print(line)


def comparison_lines(
    run: RunFolder, own_extractors: Sequence[NamedExtractor] = (), most: int = 20, say: Language = ENGLISH, width: int = 0
) -> list[str]:
    """The accuracy by each extractor and where they differ, in lines of at most `width` characters, 0 for any. Raises CommandError where
    the run holds no reply."""
    comparisons = extractor_comparisons(run.tallies, run.entries, own_extractors)
    if not comparisons:
        raise CommandError(f"{run.name} holds no replies to read.")
    lines = [say("run: {name}", name=run.name), *extractors_lines(comparisons, most, say, width)]
    return [part for line in lines for part in wrapped(printable(line), width)]
