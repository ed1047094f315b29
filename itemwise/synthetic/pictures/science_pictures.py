"""Science questions about pictures, in ScienceQA's own columns (Lu et al. 2022, arXiv:2209.09513), all drawn by ourselves."""

import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

from itemwise.former_names import former_parameters
from itemwise.synthetic.pictures.canvas import Canvas
from itemwise.synthetic.pictures.forces import BALANCE, CIRCUIT, MAGNETS, PARTICLES, PULLS
from itemwise.synthetic.pictures.measuring import BEAKER, CLOCK, COUNTING, RULER, THERMOMETER
from itemwise.synthetic.pictures.nature import BARS, COMPASS, FOOD_CHAIN, MOON, SHADOW, WEATHER
from itemwise.synthetic.pictures.scene import QuestionKind, Scene
from itemwise.synthetic.word_problems import SPLITS, bucket_of, in_turn

__all__ = ["KIND_POOLS", "science_pictures"]

SEEN = (THERMOMETER, BARS, MAGNETS, FOOD_CHAIN, COMPASS, COUNTING, CIRCUIT, RULER, CLOCK, MOON, PARTICLES, WEATHER)
HELD_OUT = (BEAKER, BALANCE, PULLS, SHADOW)
KIND_POOLS: dict[str, tuple[QuestionKind, ...]] = {"seen": SEEN, "held-out": HELD_OUT, "all": SEEN + HELD_OUT, "trained": SEEN}


@former_parameters(half="pool")
def science_pictures(seed: int, *, pool: str = "seen", split: str | None = None) -> Iterator[dict[str, Any]]:
    """Endless rows: ``image`` (RGB, 112 by 112), ``question``, ``choices``, ``answer`` (the index of the right
    choice), ``hint``, ``lecture``, ``subject``, ``topic`` and ``grade`` as in ScienceQA, and besides ``kind``,
    ``description`` (the picture in words) and ``facts`` (what was drawn).

    `pool` names the kinds: ``seen`` (the embedded model was trained on them with other facts), ``held-out``
    (training never saw them), ``all``, or ``trained`` (the seen kinds with facts of the training split). `split` keeps
    apart, by a hash of the facts, what benchmarks ask (``test``, the default), what chose a checkpoint (``selection``)
    and what was trained on (``train``); where on the canvas things are and their colours vary besides. The kinds take
    turns in a shuffled order.
    """
    split = split or ("train" if pool == "trained" else "test")
    rng = random.Random(f"science-pictures/{pool}/{split}/{seed}")
    for kind in in_turn(KIND_POOLS[pool], rng):
        scene = _scene(kind, rng, SPLITS[split])
        canvas = Canvas(rng)
        scene.paint(canvas)
        canvas.frame()
        yield {
            "image": canvas.image,
            "question": scene.question,
            "choices": list(scene.choices),
            "answer": scene.answer,
            "hint": scene.hint,
            "lecture": scene.lecture,
            "subject": kind.subject,
            "topic": kind.topic,
            "grade": kind.grade,
            "kind": kind.name,
            "description": scene.description,
            "facts": scene.facts,
        }


def _scene(kind: QuestionKind, rng: random.Random, buckets: Sequence[int]) -> Scene:
    while True:
        scene = kind.scene(rng)
        if bucket_of(f"{kind.name} {json.dumps(scene.facts, sort_keys=True)}") in buckets:
            return scene
