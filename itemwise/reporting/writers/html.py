"""``report.html``: the whole run as one page that asks for nothing from anywhere; what models wrote is data in it, never markup."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from itemwise.cases.case import LETTERS
from itemwise.cases.chat import PLACE
from itemwise.cases.option_scores import OptionScores, notes_text, option_scores
from itemwise.cases.picture import Picture, PictureError
from itemwise.extractors.reply_parts import SPEECH, parted, reply_parts
from itemwise.language import Language
from itemwise.reporting import svg
from itemwise.reporting.page_room import PageRoom, json_of_trees
from itemwise.reporting.readable import Budget, Tree, tree_or_reason
from itemwise.reporting.run_record import RunRecord
from itemwise.reporting.sections.section import Section
from itemwise.reporting.sections.snapshots_section import snapshot_differences
from itemwise.reporting.sections.spread_section import figure
from itemwise.reporting.single_page import page_causes, page_json, page_parts, trusted
from itemwise.results.entry import Entry
from itemwise.results.score import scores_text

__all__ = ["page_picture", "report_parts"]

_LARGEST = 300_000  # bytes of a picture that goes into the page as it is
_SIDE = 768  # pixels of the longer side of one that does not
_ROWS = 12  # of a table that stands open
_FIRST = ("ladder", "causes")  # layouts
_QUOTED = ("prompt", "message", "expected", "answer", "notes", "causes", "options", "tags")
_MULTIPLES = 6  # small charts of one section that stand open


def report_parts(run: RunRecord) -> Iterator[str]:
    """The page in parts, none larger than a case or its tables. It holds all cases as JSON; a script lists, filters and shows them,
    and writes text as text only."""
    blocks, say = _blocks(run.told), run.language
    above, below = ([block for block in blocks if (block[0].page.part == "below") == is_below] for is_below in (False, True))
    above.sort(key=_place)
    budget, room = Budget(), PageRoom(run.entries, say)
    return page_parts(
        "report",
        say,
        _data(run, budget, room),
        scripts=["readable"],
        case_lines=map(trusted, _lines(run, budget, room)),
        title=", ".join(dict.fromkeys(tally.benchmark for tally in run.tallies)) or say("no cases"),
        run=run,
        above=above,
        below=below,
        navigation=[*_names(above), (say("Cases"), "cases"), *_names(below)],
        json=_json,
        svg=svg,
        figure=figure,
        open_charts=_MULTIPLES,
        open_rows=_ROWS,
    )


def _place(block: Sequence[Section]) -> tuple[bool, int]:
    """Where a block stands above the cases: what is at the head, then what the first screen draws, then the others in their order."""
    page = block[0].page
    return page.part != "head", _FIRST.index(page.layout) if page.layout in _FIRST else len(_FIRST)


def _blocks(sections: Sequence[Section]) -> list[list[Section]]:
    """Each section that has a heading and anything to show on the page, with those that go on below it."""
    blocks: list[list[Section]] = []
    for section in sections:
        if section.rows or section.legend or section.notes or section.page.data:
            if section.heading or not blocks:
                blocks.append([])
            blocks[-1].append(section)
    return blocks


def _names(blocks: Sequence[Sequence[Section]]) -> list[tuple[str, str]]:
    """What the navigation calls each block, and its id; of several of one name the first."""
    heads = [block[0] for block in blocks]
    ids = {section.page.name or section.heading: section.id for section in reversed(heads)}
    return list(reversed(ids.items()))


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2, default=str)


def _lines(run: RunRecord, budget: Budget, room: PageRoom) -> Iterator[str]:
    """Two lines of JSON for each case: what the page lists and shows of it; and of each of its turns the trees of what was said and
    thought, empty where all read as they stand."""
    for entry in run.entries:
        room.turn_to(entry)
        case = _case(entry, run.language)
        shown = _shown(case, room)
        yield page_json(shown)
        yield json_of_trees(_trees(case, shown, budget, room))


def _data(run: RunRecord, budget: Budget, room: PageRoom) -> Iterator[str]:
    """What the page shows beside its cases, once these are made: only then is it known how many texts are shown as they were written, and
    how many not whole."""
    yield f'{{"texts":{budget.texts},"asWritten":{budget.short},"pictures":{{'
    shown = ((sha, page_picture(sha, content)) for sha, content in run.pictures.items())
    for number, (sha, picture) in enumerate((sha, picture) for sha, picture in shown if picture):
        yield "," * bool(number) + f"{page_json(sha)}:{page_json(picture.data_uri())}"
    yield '},"changes":['
    for number, change in enumerate(snapshot_differences(run.snapshots, run.language)):
        room.turn_to_rest()
        yield "," * bool(number) + page_json(room.texts_of(change))
    yield f'],"shortened":{room.shortened}}}'


def _trees(case: Mapping[str, Any], shown: Mapping[str, Any], budget: Budget, room: PageRoom) -> Iterator[tuple[str, str]]:
    """Of each turn the JSON of the trees of what was said and thought, or why there is none."""
    prompt = [{"role": "user", "content": case["prompt"]}], [{"content": shown["prompt"]}]
    for turn, there in zip(case["turns"] or prompt[0], shown["turns"] or prompt[1], strict=True):
        span = case["span"] if _is_reply(turn, case) else None
        of: Callable[[str], Tree | str | None] = partial(tree_or_reason, span=span, budget=budget)
        said = room.tree(there["content"], turn["content"], partial(_spoken, budget=budget) if turn.get("calls") else of)
        yield said, room.tree(there.get("reasoning", ""), turn.get("reasoning", ""), partial(tree_or_reason, budget=budget))


def _is_reply(turn: Mapping[str, Any], case: Mapping[str, Any]) -> bool:
    return bool(turn["role"] == "assistant" and turn["content"] == case["text"])


def _spoken(text: str, budget: Budget) -> Tree | str:
    """What a turn says beside its calls, which the page shows by themselves."""
    spoken = "".join(text[part.start : part.end] for part in reply_parts(text) if part.kind == SPEECH).strip()
    return tree_or_reason(spoken, None, budget) or ["div", *([["p", spoken]] if spoken else [])]


def _shown(case: Mapping[str, Any], room: PageRoom) -> dict[str, Any]:
    """The case as far as there is room for its texts; a reply or prompt that is the content of a turn is the place of that turn."""
    turns: list[dict[str, Any]] = []
    places: dict[str, Any] = {}
    for place, turn in enumerate(case["turns"]):
        content, span = room.text(turn["content"], case["span"] if _is_reply(turn, case) else None)
        places |= {"text": place, "span": span} if _is_reply(turn, case) else {}
        places |= {"prompt": place} if not place and turn["content"] == case["prompt"] else {}
        turns.append({**room.texts_of(turn | {"content": ""}), "content": content})
    if "text" not in places:
        places["text"], places["span"] = room.text(case["text"], case["span"])
    quoted = {name: room.texts_of(case[name]) for name in _QUOTED if name not in places}
    return {**case, **quoted, **places, "turns": turns}


def _case(entry: Entry, say: Language) -> dict[str, Any]:
    texts = entry.texts()
    reply = texts.reply
    text, _, span = parted(texts.reply_text, entry.span)
    return {
        "id": entry.node_id,
        "case": entry.case,
        "benchmark": entry.benchmark,
        "model": entry.model_name,
        "strategy": entry.strategy,
        "prompt_name": entry.prompt_name,
        "verdict": entry.verdict.value,
        "cause": entry.cause,
        "causes": page_causes(entry, say),
        "prompt": texts.prompt,
        "expected": entry.expected,
        "answer": entry.answer,
        "rule": entry.rule,
        "span": span,
        "text": text,
        "turns": [_turn(turn.record()) for turn in reply.turns] if reply else [],
        "notes": ", ".join(filter(None, (scores_text(entry.scores), notes_text(reply.notes) if reply else ""))),
        "options": _options(entry, scores) if reply and (scores := option_scores(reply.notes)) else [],
        "tokens": (reply.completion_tokens or (None if entry.is_given else 0)) if reply else 0,
        "thinking": reply.thinking_tokens if reply else 0,
        "seconds": (None if entry.is_given else reply.seconds) if reply else 0.0,
        "message": "" if text else texts.message,
        "tags": dict(entry.tags),
        "picture": entry.picture,
        "rerun": texts.rerun,
    }


def _options(entry: Entry, scores: OptionScores) -> list[dict[str, Any]]:
    """What the page draws of each option that was scored: its letter, text, score and probability."""
    texts = [*entry.choices, *[""] * len(scores.scores)]
    return [
        {"letter": letter, "text": text, "score": score, "probability": probability}
        for letter, text, score, probability in zip(LETTERS, texts, scores.scores, scores.probabilities, strict=False)
    ]


def _turn(turn: Mapping[str, Any]) -> dict[str, Any]:
    """A turn with what the model thought in its text beside it, where the page folds it."""
    if turn["role"] != "assistant":
        return {**turn, "content": turn["content"].replace(PLACE, "[picture]")}
    content, thought, _ = parted(turn["content"])
    reasoning = "\n".join(filter(None, (turn.get("reasoning"), thought)))
    return {**turn, "content": content, **({"reasoning": reasoning} if reasoning else {})}


def page_picture(sha256: str, content: bytes) -> Picture | None:
    """The picture as pages show it: PNG or JPEG, and small; None where it cannot be decoded."""
    picture = Picture(sha256, lambda: content)
    if picture.kind and len(content) <= _LARGEST:
        return picture
    try:
        image = picture.image()
    except PictureError:
        return None
    image.thumbnail((_SIDE, _SIDE))
    return Picture(sha256, lambda: image)
