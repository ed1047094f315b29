"""Self-contained HTML pages: style, script and JSON data inline, no request to anywhere, everything else escaped."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from itemwise.language import Language

if TYPE_CHECKING:
    from jinja2 import Environment

    from itemwise.results.entry import Entry

__all__ = ["page_causes", "page_json", "page_parts", "still_page", "trusted"]


def page_parts(name: str, say: Language, data: Iterable[str], *, scripts: Sequence[str] = (), **values: Any) -> Iterator[str]:
    """The page, part by part, that the template `name` makes of `values`, which are escaped, in the language `say`, and its script of
    `data`, the parts of one JSON text, each made by `page_json`. The script is ``dom.js``, ``list.js``, those of `scripts` and
    ``NAME.js``; the page's policy lets no other run.
    """
    script = "".join(_file(f"{script_name}.js") for script_name in ("dom", "list", *scripts, name))
    rendered = (
        _templates()
        .get_template(f"{name}.html.jinja")
        .generate(
            style=trusted(_file("report.css")),
            script=trusted(script),
            script_hash="sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
            data=map(trusted, data),
            say=say,
            words=trusted(page_json(say.table)),
            **values,
        )
    )
    return map(_whole_text, rendered)


def still_page(name: str, say: Language, **values: Any) -> Iterator[str]:
    """The page, part by part, that the template `name` makes of `values`, which are escaped, in the language `say`; it has no script."""
    rendered = _templates().get_template(f"{name}.html.jinja").generate(style=trusted(_file("report.css")), say=say, **values)
    return map(_whole_text, rendered)


def _whole_text(part: str) -> str:
    return part.encode("utf-8", "replace").decode()  # lone surrogates are no text


def trusted(markup: str) -> Markup:
    """What a page takes unescaped: its own style, script and drawings, and JSON without a single ``<``."""
    return Markup(markup)  # noqa: S704 - nothing that a model wrote comes here


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ESCAPES = tuple((sign, f"\\u{ord(sign):04x}") for sign in "<>&\u2028\u2029")


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader

    return Environment(loader=PackageLoader("itemwise.reporting", "page"), autoescape=True)


def _file(name: str) -> str:
    return files("itemwise.reporting").joinpath("page", name).read_text(encoding="utf-8")


def page_json(data: object) -> str:
    """JSON that no HTML parser can leave, whatever stands in it."""
    text = _encode(data)
    for sign, escape in _ESCAPES:
        text = text.replace(sign, escape)
    return text


def page_causes(entry: Entry, say: Language) -> list[dict[str, str]]:
    """Why a case is not correct, as pages hold it: the evidence told, the kinds for a script to tell and to select by."""
    told = say.cells(cause.told for cause in entry.causes)
    return [{"kind": cause.kind, "evidence": evidence} for cause, evidence in zip(entry.causes, told, strict=True)]
