"""docs/thinking.md shows what each shape of template renders; the table is made of the templates that the tests are asked with."""

from __future__ import annotations

from itemwise.models import ModelError
from itemwise.models.local.chat_template import ChatTemplate
from tests.docs.pages import ROOT
from tests.models.thinking_templates import SHAPES


def test_the_page_shows_the_prompt_of_every_shape() -> None:
    page = (ROOT / "docs" / "thinking.md").read_text(encoding="utf-8")
    assert [row for row in map(table_row, SHAPES) if row not in page] == []


def table_row(shape: str) -> str:
    said = template(shape).thinking_text() or "tells nothing"
    return f"| {shape} | {said} | {prompt(shape, 'on')} | {prompt(shape, 'off')} | {prompt(shape, 'template')} |"


def prompt(shape: str, thinking: str) -> str:
    try:
        text = template(shape, thinking).prompt([{"role": "user", "content": "2+2?"}])
    except ModelError:
        return "refused"
    return "`" + text.replace("\n", "\\n").replace("|", "\\|") + "`"


def template(shape: str, thinking: str = "template") -> ChatTemplate:
    return ChatTemplate("tiny", SHAPES[shape], {"eos_token": "</s>"}, thinking)
