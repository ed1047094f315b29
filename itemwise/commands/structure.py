"""``python -m itemwise structure MODEL``: what a model is made of and what it takes, from its configuration, without its weights.

The one command that imports torch and transformers, and only when it is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from itemwise.commands import CommandError
from itemwise.models import ModelEntry, ModelError, entry_named
from itemwise.models.extras import local_libraries
from itemwise.models.registry import quantisations_for
from itemwise.reporting.table import aligned
from itemwise.results.safe_text import printable
from itemwise.session.settings import SettingsError, known_models

if TYPE_CHECKING:
    from itemwise.inspect.counts import Parameters, Positions
    from itemwise.inspect.footprint import Footprint, Weights
    from itemwise.inspect.model_structure import Structure
    from itemwise.inspect.tree import Branch
    from itemwise.models.attention import Attention

__all__ = ["structure", "structure_lines"]


def structure(model: str, chosen: str | None, picture: tuple[int, int]) -> None:
    """Print what `model` is made of, in the quantisation `chosen` or its own. Raises CommandError where it cannot be found, read or
    built."""
    here = Path.cwd()
    try:
        with local_libraries("structure"):
            from itemwise.inspect.model_structure import structure_of
        entry = entry_named(model, known_models(here), here)
        (quantisation,) = quantisations_for(entry, [chosen or entry.quantisation], chosen=chosen is not None)
        found = structure_of(entry, quantisation, picture)
    except (ModelError, SettingsError) as error:
        raise CommandError(str(error)) from None
    except ValueError as error:
        raise CommandError(f"--picture: {error}.") from None
    for line in structure_lines(entry, found, quantisation):
        print(line)


def structure_lines(entry: ModelEntry, found: Structure, quantisation: str) -> list[str]:
    """Its numbers, the memory its weights take under `quantisation`, the way of a picture, and the module tree."""
    lines = [f"{entry.name}: {found.tree.kind}", f"configuration: {found.architecture.origin}"]
    lines += [f"adapter: {entry.adapter}, not counted", ""] if entry.adapter else [""]
    context = found.positions.context
    numbers = [
        ("parameters", _parameters(found.parameters)),
        ("attention", _attention(found.attention)),
        ("KV cache", _cache(found.attention, found.positions)),
        ("positions", _positions(found.positions)),
        ("context", f"{context:,} tokens" if context else "not given"),
    ]
    lines += aligned(numbers)
    lines += ["", *([f"its own quantisation: {found.own_kernel}"] if found.own_kernel else []), *_memory(found.footprint, quantisation)]
    if found.sees:
        lines += ["", *_pixels(found)]
    lines += ["", *aligned([("modules", "shape", "parameters"), *_modules(found.tree)], words=2)]
    return [printable(line) for line in lines]


def _parameters(counted: Parameters) -> str:
    beside = f"; {counted.outside_language:,} of them outside the language model" if counted.outside_language else ""
    return f"{counted.total:,} ({_short(counted.total)}), {counted.non_embedding:,} ({_short(counted.non_embedding)}) non-embedding{beside}"


def _attention(attention: Attention | None) -> str:
    if attention is None:
        return "not known for this architecture"
    sliding = f"; {attention.sliding} layers see the last {attention.window:,} tokens" if attention.sliding and attention.window else ""
    return (
        f"{attention.layers} layers, {attention.heads} heads, {attention.kv_heads} KV heads, head dimension {attention.head_dim}{sliding}"
    )


def _cache(attention: Attention | None, positions: Positions) -> str:
    if attention is None:
        return "not known for this architecture"
    each = attention.kv_bytes()
    whole = f", {_gib(each * positions.context)} for a full context" if positions.context and not attention.sliding else ""
    made_of = f"2 x {attention.caching} layers x {attention.kv_heads} KV heads x {attention.head_dim} x 2 bytes"
    return f"{each:,} bytes per token in bf16 ({made_of}){whole}"


def _positions(positions: Positions) -> str:
    if positions.rope_base is None:
        return "no rotary embedding of one base"
    turned = "M-RoPE" if positions.sections else "RoPE"
    scaled = "" if positions.scaling == "default" else f", scaling {positions.scaling}"
    time_height_width = "/".join(map(str, positions.sections))
    sections = f", sections {time_height_width} (time/height/width)" if positions.sections else ""
    return f"{turned}, base {positions.rope_base:,.0f}{scaled}{sections}"


def _memory(footprint: Footprint | None, quantisation: str) -> Iterator[str]:
    if footprint is None:
        yield "memory of the weights: not known, the checkpoint is quantised in a way of its own"
        return
    named = quantisation + (", blocks of 64, double quantised" if quantisation in ("nf4", "fp4") else "")
    bits = f"; {footprint.bits:.3f} bits per quantised weight" if footprint.bits else ""
    yield f"memory of the weights, {named}: {footprint.bytes:,} bytes ({_gib(footprint.bytes)}){bits}"
    rows: list[tuple[str, ...]] = [("", "weights", "tensors", "numbers", "bytes")]
    rows += [_weights(quantisation, weights) for weights in footprint.quantised]
    rows += [_weights("bf16", weights) for weights in footprint.kept]
    yield from aligned(rows, words=2)


def _weights(how: str, weights: Weights) -> tuple[str, ...]:
    return how, weights.name, str(weights.tensors), f"{weights.numbers:,}", f"{weights.bytes:,}"


def _pixels(found: Structure) -> Iterator[str]:
    if (path := found.path) is None:
        yield f"pixels to tokens: not known for {found.architecture.config.model_type}"
        return
    yield "pixels to tokens"
    limits = ", {:,} to {:,} pixels in all".format(*pixels) if (pixels := found.architecture.pixels) else ""
    how = f"sides in steps of {path.patch * path.merge}{limits}" if path.merge > 1 else "the shorter side to this, the middle cut out"
    deep = f" and {path.frames} frames deep (a picture is shown {path.frames} times)" if path.frames > 1 else ""
    rows = [
        ("  picture", f"{_by(path.size)} pixels, scaled to {_by(path.scaled)}: {how}"),
        ("  patches", f"{_by(path.patches)} = {prod(path.patches)} of {path.patch} x {path.patch} pixels{deep}"),
        ("  encoder", f"{path.layers} layers of width {path.width}"),
        ("  projector", f"{path.merge} x {path.merge} patches -> 1 token, {' -> '.join(map(str, path.projector))}"),
        ("  tokens", str(path.tokens)),
    ]
    yield from aligned(rows)


def _modules(branch: Branch, depth: int = 0) -> Iterator[tuple[str, str, str]]:
    """The tree in words: name and kind, indented; shape; parameters, of one where there are several."""
    several = f"{branch.times} x " if branch.times > 1 else ""
    named = f"{branch.name} ({several}{branch.kind})" if branch.name else branch.kind
    counted = "" if not branch.parameters else "shared" if branch.shared else f"{several}{branch.parameters:,}"
    yield "  " * depth + named, branch.shape, counted
    for child in branch.children:
        yield from _modules(child, depth + 1)


def _by(size: Sequence[int]) -> str:
    return " x ".join(map(str, size))


def _short(number: int) -> str:
    return f"{number / 1e9:.2f} B" if number >= 1e8 else f"{number / 1e6:.2f} M"


def _gib(size: int) -> str:
    return f"{size / 2**30:.2f} GiB" if size >= 2**27 else f"{size / 2**20:.2f} MiB"
