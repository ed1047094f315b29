"""``python -m itemwise models``: every model known by name, and how sure its id is."""

from pathlib import Path

from itemwise.commands import CommandError, terminal_width
from itemwise.models import ModelEntry
from itemwise.models.catalogue import hub_model
from itemwise.models.registry import EMBEDDED
from itemwise.models.server.address import without_userinfo
from itemwise.reporting.narrow import fitted, wrapped
from itemwise.results.safe_text import printable
from itemwise.session.settings import SettingsError, known_models

__all__ = ["model_lines", "models"]

_HEADS = ("name", "location", "revision", "pictures", "gated", "thinks", "id read in", "remark")
_NOTES = (
    "thinks: what the chat template does unless --thinking says otherwise, as far as it is known; the template decides.",
    "An id read in other projects only is unconfirmed. Without a revision the hub's newest is taken, and the run records its commit;",
    "to pin one, give the model a name of your own in pyproject.toml (docs/adding-a-model.md).",
)


def models() -> None:
    """Print the registry and the project's own entries. Raises CommandError for entries that cannot be."""
    try:
        known = known_models(Path.cwd())
    except SettingsError as error:
        raise CommandError(str(error)) from None
    for line in model_lines(list(known.values()), terminal_width()):
        print(line)


def model_lines(entries: list[ModelEntry], width: int = 0) -> list[str]:
    """A table of `entries` and what its columns say, in lines of at most `width` characters, 0 for any."""
    table = fitted([_HEADS, *map(_row, entries)], len(_HEADS), width)
    return [part for line in [*table, "", *_NOTES] for part in wrapped(printable(line), width)]


def _row(entry: ModelEntry) -> tuple[str, ...]:
    known = hub_model(entry)
    revision = (entry.revision or "newest")[:12] if not (entry.local or entry.server) else "-"
    if known is None:
        return entry.name, _location(entry), revision, *["-"] * 4, ""
    read = known.id_from if known.is_confirmed else f"{known.id_from}: unconfirmed"
    return entry.name, entry.location, revision, "yes" if known.sees else "no", known.gated, known.thinks, read, known.remark


def _location(entry: ModelEntry) -> str:
    if entry.location.startswith(str(EMBEDDED)):
        return "ships with itemwise"
    return without_userinfo(entry.location) if entry.server else entry.location
