"""The HTML page of ``compare``: findings, settings that differ, and every case with its replies side by side."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from itemwise.analysis.pairs import Measurement, Pair
from itemwise.analysis.provenance import Part
from itemwise.analysis.reply_changes import Change, case_change
from itemwise.analysis.run_comparison import RunComparison
from itemwise.analysis.word_diff import Piece, word_diff
from itemwise.cases.picture import Picture, PictureError
from itemwise.extractors.reply_parts import parted
from itemwise.language import ENGLISH, Language, joined, phrase
from itemwise.reporting import svg
from itemwise.reporting.page_room import PageRoom, json_of_trees
from itemwise.reporting.readable import Budget, tree_or_reason
from itemwise.reporting.sections.comparison_sections import (
    NOT_RECORDED,
    alone_lines,
    attribution,
    finding,
    pair_name,
    pairs_table,
    series_table,
    settings_tables,
)
from itemwise.reporting.sections.recovery_section import recovery_table
from itemwise.reporting.single_page import page_causes, page_json, page_parts, trusted
from itemwise.results.entry import Entry

__all__ = ["compare_html"]

_LIKE = 0.25  # of the shorter text's letters: with fewer in common two texts are not one in other words
_SIGNS = "=-+"
_NAMED = 3  # benchmarks that are too many for a title
_OPEN = 3  # findings that stand open, whatever they are


def compare_html(comparison: RunComparison, pictures: Mapping[str, Picture], say: Language = ENGLISH) -> str:
    """The page. It holds the cases as JSON; a script lists, filters and shows them. `pictures` are those of the runs by hash; a case
    whose picture is not among them says so."""
    benchmarks = comparison.benchmarks
    data = _data(comparison, pictures, say)
    trees = [trusted(case.pop("trees")) for case in data["cases"]]
    parts = page_parts(
        "compare",
        say,
        [page_json(data)],
        scripts=["readable"],
        trees=trees,
        title=say(_title(benchmarks)),
        findings=[_finding(comparison, index) for index in range(len(comparison.pairs))],
        series=[_side(comparison, side) for side in comparison.measurements],
        settings=[(benchmark, *(each.told(say) for each in settings_tables(comparison, benchmark))) for benchmark in benchmarks],
        tables=[each.told(say) for each in (series_table(comparison), pairs_table(comparison), recovery_table(comparison.recoveries))],
        not_recorded=say(NOT_RECORDED),
        missing=list(_missing(comparison, data)),
        svg=svg,
    )
    return "".join(parts)


def _title(benchmarks: Sequence[str]) -> str:
    few = joined(benchmarks, " and ") if len(benchmarks) < _NAMED else phrase("{n} {n:benchmark|benchmarks}", n=len(benchmarks))
    return phrase("Compared: {what}", what=few)


def _side(comparison: RunComparison, side: Measurement) -> dict[str, Any]:
    prompt = comparison.provenance.get(side.label, {}).get(Part.HARNESS, {}).get("prompt")
    parts = [*side.tally.key[:3], *([phrase("prompt {names}", names=prompt)] if prompt else [])]
    return {"label": side.label, "name": joined(parts), "run": side.run}


def _finding(comparison: RunComparison, index: int) -> dict[str, Any]:
    shown, sentence = finding(comparison, index)
    pair = comparison.pairs[index]
    differing = comparison.differing(index).items()
    return {
        "pair": pair_name(pair),
        "benchmark": pair.first.tally.benchmark,
        "shown": shown,
        "open": len(comparison.pairs) <= _OPEN or comparison.better(index) is not None,
        "figures": sentence,
        "attribution": attribution(comparison, index),
        "differing": [
            {"part": part.value, "settings": [(name, _values(comparison, pair, part, name)) for name in names]} for part, names in differing
        ],
        "reworded": comparison.reworded(index),
        "cases": len(pair.first.entries),
        "reread": comparison.reread(index),
        "flips": len(pair.gained) + len(pair.lost),
    }


def _values(comparison: RunComparison, pair: Pair, part: Part, name: str) -> list[str]:
    """The setting's value on either side; empty where neither is recorded."""
    sides = [comparison.provenance.get(side.label, {}).get(part, {}) for side in (pair.first, pair.second)]
    return [side.get(name, NOT_RECORDED) for side in sides] if any(name in side for side in sides) else []


def _missing(comparison: RunComparison, data: Mapping[str, Any]) -> Iterator[str]:
    """Which runs hold no case of a benchmark that others hold, which measurement has nothing beside it, and which pictures are not
    there."""
    runs = list(dict.fromkeys(side.run for side in comparison.measurements))
    for benchmark in comparison.benchmarks:
        holding = [side for side in comparison.measurements if side.tally.benchmark == benchmark]
        lacking = [run for run in runs if run not in {side.run for side in holding}]
        if lacking:
            told = "The {n} {n:case|cases} of {benchmark} {n:is|are} not in {runs}."
            yield phrase(told, n=len(holding[0].entries), benchmark=benchmark, runs=", ".join(lacking))
    yield from (phrase("{text} These cases are not shown.", text=line) for line in alone_lines(comparison))
    if any(pair.has_repeats for pair in comparison.pairs):
        yield phrase("Items were asked several times: each case below shows the first judged reply; the figures are over all of them.")
    missing = {case["picture"] for case in data["cases"] if case["picture"]} - set(data["pictures"])
    if missing:
        told = "{n} {n:picture is|pictures are} not in the runs' folders, under pictures/; earlier versions left them in report.html alone."
        if len(missing) == 1:
            told = "{n} picture is not in the runs' folders, under pictures/; earlier versions left them in report.html alone."
        yield phrase(told, n=len(missing))


def _data(comparison: RunComparison, pictures: Mapping[str, Picture], say: Language) -> dict[str, Any]:
    indices = {side.label: index for index, side in enumerate(comparison.paired)}
    budget, room = Budget(), PageRoom((entry for side in comparison.measurements for entry in side.entries.values()), say)
    cases = list(_cases(comparison, budget, room, say))
    wanted = {case["picture"] for case in cases}
    return {
        "series": [{"label": side.label, "run": side.run, **side.tally.key.record()} for side in comparison.paired],
        "pairs": [{"first": indices[pair.first.label], "second": indices[pair.second.label]} for pair in comparison.pairs],
        "changes": [{"name": kind.name.lower(), "words": kind.value, "flip": kind.flip} for kind in Change],
        "cases": cases,
        "texts": budget.texts,
        "asWritten": budget.short,
        "shortened": room.shortened,
        "pictures": {sha256: uri for sha256, picture in pictures.items() if sha256 in wanted and (uri := _data_uri(picture))},
    }


def _data_uri(picture: Picture) -> str:
    """Empty for a file that is no picture, or gone."""
    try:
        return picture.data_uri()
    except PictureError:
        return ""


def _cases(comparison: RunComparison, budget: Budget, room: PageRoom, say: Language) -> Iterator[dict[str, Any]]:
    """Each case of a benchmark once. Its ``replies`` are those of the benchmark's measurements, its ``changes`` and ``diffs`` those
    of the benchmark's pairs, all in their order; a change is an index in the order of kinds, a diff is as `_diff` makes it. Its ``trees``
    are the JSON of `_trees`, which the page reads when it shows the case."""
    kinds = {kind: index for index, kind in enumerate(Change)}
    for benchmark in comparison.benchmarks:
        measurements = comparison.of(benchmark)
        pairs = [pair for pair in comparison.pairs if pair.first.tally.benchmark == benchmark]
        for case, first in measurements[0].entries.items():
            entries = [side.entries[case] for side in measurements]
            replies, wholes, said = zip(*(_reply(entry, budget, room, say) for entry in entries), strict=True)
            shown = [reply.get("text", "") for reply in replies]
            sides = [(measurements.index(pair.first), measurements.index(pair.second)) for pair in pairs]
            written = [entry.texts().prompt for entry in entries]
            is_reworded = len(set(written)) > 1
            written = written if is_reworded else written[:1]
            prompts = [room.text(prompt)[0] for prompt in written]
            asked = [room.tree(*both, partial(tree_or_reason, budget=budget)) for both in zip(prompts, written, strict=True)]
            yield {
                "id": case,
                "benchmark": benchmark,
                "expected": room.texts_of(first.expected),
                "prompts": prompts,
                "picture": next((entry.picture for entry in entries if entry.picture), ""),
                "tags": room.texts_of(dict(first.tags)),
                "replies": replies,
                "changes": [kinds[case_change(pair, case)] for pair in pairs],
                "diffs": [_diff(_two(wholes, two), _two(shown, two)) for two in sides],
                "prompt_diffs": [_diff(_two(written, two), _two(prompts, two)) for two in sides] if is_reworded else [],
                "trees": _trees(asked, said),
            }


def _trees(asked: Sequence[str], said: Sequence[tuple[str, str]]) -> str:
    """JSON of the tree of each prompt, then of what each reply says and of what was thought before it; empty where all read as they
    stand."""
    trees = json_of_trees(said)
    if not trees and set(asked) == {"null"}:
        return ""
    return f"[[{','.join(asked)}],{trees or page_json([[None, None]] * len(said))}]"


def _reply(entry: Entry, budget: Budget, room: PageRoom, say: Language) -> tuple[dict[str, Any], str, tuple[str, str]]:
    """What one measurement made of a case, without what is empty: a page may hold many; its whole text; and the trees of what was said and
    thought."""
    room.turn_to(entry)
    texts = entry.texts()
    reply = texts.reply
    text, thought, span = parted(texts.reply_text, entry.span)
    reasoning = (reply and reply.reasoning) or thought
    said, marked = room.text(text, span)
    values = {
        "verdict": entry.verdict.value,
        "answer": room.texts_of(entry.answer),
        "rule": entry.rule,
        "text": said,
        "reasoning": room.texts_of(reasoning),
        "refusal": room.texts_of(reply and reply.refusal),
        "span": _units(said, marked) if marked else None,
        "causes": room.texts_of(page_causes(entry, say)),
        "tokens": reply and reply.completion_tokens,
        "turns": sum(turn.cost is not None for turn in reply.turns) if reply else 0,
        "message": "" if reply else room.texts_of(texts.message),
    }
    trees = (
        room.tree(said, text, partial(tree_or_reason, span=span, budget=budget)),
        room.tree(values["reasoning"], reasoning, partial(tree_or_reason, budget=budget)),
    )
    return {name: value for name, value in values.items() if value not in ("", None, 0, [])}, text, trees


def _two(texts: Sequence[str], places: tuple[int, int]) -> tuple[str, str]:
    left, right = places
    return texts[left], texts[right]


def _diff(whole: tuple[str, str], shown: tuple[str, str]) -> list[int] | str | None:
    """None where the texts are the same, and are shown alike; a sentence where marking words would help nobody, or where not all of the
    texts is shown; else the lengths of the pieces in UTF-16 units, three by three: what is in both, what is gone, what is new."""
    if len({*whole}) == 1:
        return None if len({*shown}) == 1 else phrase("the same to the character")
    if shown != whole:
        return phrase("they differ; no words are marked, as the middle is left out")
    pieces = word_diff(*whole)
    if pieces is None:
        return phrase("too long to be compared word by word")
    same, gone, come = (sum(map(str.isalnum, "".join(words for sign, words in pieces if sign == each))) for each in _SIGNS)
    if same < _LIKE * (same + min(gone, come)) or (not same and len(pieces) > 1):
        return phrase("too few words in common to mark the others")
    return _lengths(pieces)


def _lengths(pieces: Sequence[Piece]) -> list[int]:
    lengths: list[int] = []
    for sign, words in pieces:
        while len(lengths) % 3 != _SIGNS.index(sign):
            lengths.append(0)
        lengths += _units(words, (len(words),))
    return lengths + [0] * (-len(lengths) % 3)


def _units(text: str, offsets: Iterable[int]) -> list[int]:
    """`offsets` in the UTF-16 units in which a page counts."""
    return [offset if text.isascii() else len(text[:offset].encode("utf-16-le", "surrogatepass")) // 2 for offset in offsets]
