"""What the embedded vision model is trained on: chats over the suite's own prompts that say what is seen, then choose."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from typing import Any

from itemwise.synthetic.pictures import science_pictures

__all__ = ["Chat", "asked", "picture_chats", "reply"]

Chat = dict[str, Any]  # {"messages": [...], "row": whose picture is shown, or None where words stand in its place}
Row = Mapping[str, Any]

LETTERS = "ABCDE"

# Other wordings of the same tasks, so that the model answers the task and not one exact string.
PARAPHRASES = {
    "json": (
        'Use the picture. Answer as JSON with the fields "seen", "option" and "answer" (a letter).\n\n{context}{question}\n{options}',
        '{question}\n{options}\n{context}\nReply as JSON: {{"seen": "...", "option": "...", "answer": "letter"}}',
    ),
    "letter": (
        "{context}{question}\n{options}\nAnswer with the option's letter.",
        "Look at the picture and give the letter of the right option.\n\n{context}{question}\n{options}",
    ),
}
PARAPHRASED = 0.15

# How replies vary without being broken, as real models' do; the kind of picture decides, so that greedy decoding shows it too.
FENCED = {"circuit", "particles"}
BRACKETED = {"magnets"}
WITH_TEXT = {"weather", "ruler"}


def picture_chats(seed: int, prompts: Mapping[str, str], mix: Mapping[str, float], *, split: str = "train") -> Iterator[Chat]:
    """Endless training chats about pictures. `mix` gives the shares of the prompts: json, letter, json-zh, letter-zh, and of
    two drills: repeat (shuffled words) and find (the letters of several options).

    A chat whose prompt's name ends in ``/words`` has the picture's description where the picture would be.
    """
    rng = random.Random(f"picture-chats/{split}/{seed}")
    rows = science_pictures(rng.getrandbits(32), split=split)
    kinds, shares = tuple(mix), tuple(mix.values())
    while True:
        kind, _, words = rng.choices(kinds, shares)[0].partition("/")
        if kind in DRILLS:
            yield DRILLS[kind](rng, [next(rows) for _ in range(3)])
            continue
        row = next(rows)
        prompt = rng.choice(PARAPHRASES[kind]) if kind in PARAPHRASES and rng.random() < PARAPHRASED else prompts[kind]
        picture = {"type": "text", "text": f"Picture: {row['description']}\n"} if words else {"type": "image"}
        content = [picture, {"type": "text", "text": asked(row, prompt)}]
        messages = [{"role": "user", "content": content}, {"role": "assistant", "content": reply(row, kind)}]
        yield {"messages": messages, "row": None if words else row}


def _repeat(rng: random.Random, rows: list[Row]) -> Chat:
    words = " ".join(text for row in rows for text in (row["description"], *row["choices"])).split()
    phrase = " ".join(rng.sample(words, min(len(words), 14)))
    return {"messages": [{"role": "user", "content": f"Repeat:\n{phrase}"}, {"role": "assistant", "content": phrase}], "row": None}


def _find(rng: random.Random, rows: list[Row]) -> Chat:
    """Options under letters, half the time in no order and with repeats, so that no letter follows from the others."""
    words = {word for row in rows for word in row["description"].split() if word.isalpha()}
    texts = sorted(words | {choice for row in rows for choice in row["choices"]})
    options = rng.sample(texts, min(len(texts), rng.randint(3, 5)))
    letters = rng.choices(LETTERS, k=len(options)) if rng.random() < 0.5 else list(LETTERS[: len(options)])
    listed = "\n".join(f"{letter}. {text}" for letter, text in zip(letters, options, strict=True))
    wanted = [(options[index], letters[index]) for index in rng.sample(range(len(options)), 3)]
    asked_for = "\n".join(text for text, _ in wanted)
    if rng.random() < 0.5:
        prompt = f"{listed}\n\nGive the letter of each option as JSON.\n{asked_for}"
        reply = "\n".join(json.dumps({"option": text, "answer": letter}, ensure_ascii=False) for text, letter in wanted)
    else:
        prompt = f"{listed}\n\nGive the letter of each option.\n{asked_for}"
        reply = "\n".join(f"{text} {letter}" for text, letter in wanted)
    return {"messages": [{"role": "user", "content": prompt}, {"role": "assistant", "content": reply}], "row": None}


DRILLS = {"repeat": _repeat, "find": _find}


def asked(row: Row, prompt: str) -> str:
    """The prompt filled in with a row's context, question and lettered options."""
    context = "".join(f"{text}\n" for text in (row["hint"], row["lecture"]) if text)
    options = "\n".join(f"{letter}. {text}" for letter, text in zip(LETTERS, row["choices"], strict=False))
    return prompt.format(context=context, question=row["question"], options=options)


def reply(row: Row, kind: str) -> str:
    """The right reply to a prompt of this kind."""
    letter, option = LETTERS[row["answer"]], row["choices"][row["answer"]]
    if kind.startswith("json"):
        answer = f"({letter})" if row["kind"] in BRACKETED else letter
        body = json.dumps({"seen": row["description"], "option": option, "answer": answer}, ensure_ascii=False)
        return f"```json\n{body}\n```" if row["kind"] in FENCED else body
    if row["kind"] in WITH_TEXT:
        return f"{letter}. {option}"
    return f"({letter})" if row["kind"] in BRACKETED else letter
