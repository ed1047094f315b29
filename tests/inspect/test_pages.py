"""The pages on models and on the pipeline say what the code computes now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from itemwise.inspect.model_structure import structure_of
from itemwise.inspect.published import PUBLISHED
from itemwise.models import REGISTRY

DOCS = Path(__file__).parents[2] / "docs"
DECIMAL = re.compile(r"-?\d+\.\d+")


def row_of(name: str) -> str:
    found = structure_of(REGISTRY[name])
    counted, attention, positions = found.parameters, found.attention, found.positions
    assert attention is not None
    outside = f"{counted.outside_language / 1e6:.0f} M" if counted.outside_language else "0"
    cells = (
        name,
        f"{counted.total / 1e9:.2f} B",
        f"{counted.non_embedding / 1e9:.2f} B",
        outside,
        f"{attention.layers}",
        f"{attention.heads} / {attention.kv_heads}",
        f"{attention.kv_bytes():,} bytes",
        f"{positions.rope_base:,.0f}",
        f"{positions.context:,}",
        f"{found.footprint.bytes / 1e9:.2f} GB",
    )
    return f"| {' | '.join(cells)} |"


@pytest.mark.parametrize("name", [name for name, known in PUBLISHED.items() if not known.source.startswith("transformers' defaults")])
def test_the_table_of_models_is_what_is_computed(name: str) -> None:
    assert row_of(name) in (DOCS / "models.md").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("size", [(224, 224), (640, 480), (28, 28)])
def test_the_table_of_pictures_is_what_is_computed(size: tuple[int, int]) -> None:
    path = structure_of(REGISTRY["qwen2-vl-7b-instruct"], picture=size).path
    assert path is not None
    by = (" x ".join(map(str, pair)) for pair in (path.size, path.scaled, path.patches))
    assert f"| {' | '.join(by)} | {path.tokens} |" in (DOCS / "models.md").read_text(encoding="utf-8")


def test_every_figure_of_the_page_is_there() -> None:
    figures = re.findall(r"\]\((figures/[^)]*)\)", (DOCS / "models.md").read_text(encoding="utf-8"))
    assert [figure for figure in figures if not (DOCS / figure).is_file()] == []
    assert len(figures) == 2


@pytest.fixture(scope="module")
def followed(one_thread: None) -> dict[str, str]:
    from tools.follow_one_case import CASE, stations

    return stations(CASE)


def test_the_pipeline_page_shows_what_the_script_prints(followed: dict[str, str]) -> None:
    from tools.follow_one_case import blocks

    shown = blocks((DOCS / "pipeline.md").read_text(encoding="utf-8"))
    assert list(shown) == list(followed)
    for name, text in followed.items():
        assert DECIMAL.sub("#", shown[name]) == DECIMAL.sub("#", text)
        last_digits = pytest.approx(list(map(float, DECIMAL.findall(text))), abs=0.01)  # another CPU adds up in another order
        assert list(map(float, DECIMAL.findall(shown[name]))) == last_digits


def test_a_page_written_anew_shows_the_same(followed: dict[str, str]) -> None:
    from tools.follow_one_case import blocks, rewritten

    page = "text\n\n" + "\n\n".join(f"````{name}\nold\n````" for name in followed) + "\n"
    assert blocks(rewritten(page, followed)) == followed
