"""`--replies FILE[#NAME]`: replies that were made elsewhere in the place of a model, and what a run of them cannot be asked for."""

import re
from pathlib import Path

from itemwise.models import ModelEntry
from itemwise.replies import RepliesError, read_replies
from itemwise.session.cli_and_pyproject import OptionValues, SettingsError

__all__ = ["given_repeats", "given_replies", "replies_line"]


def given_replies(values: OptionValues) -> tuple[ModelEntry, ...]:
    """An entry for each file of replies. Raises SettingsError where one cannot be read, or an option asks for what only a model can do."""
    texts = values.texts("replies", least=0)
    if not texts:
        return ()
    _require_nothing_asked(values)
    try:
        return tuple(_entry(text, values.base("replies")) for text in texts)
    except RepliesError as error:
        raise SettingsError(f"--replies {error}") from None


def _entry(text: str, root: Path) -> ModelEntry:
    file, name = _split(text, root)
    given = read_replies(file)
    if name and not _fits_ids(name):
        raise SettingsError(f"--replies {text}: the name {name!r} must be of letters, digits and . _ + - only.")
    named = name or re.sub(r"[^\w.+-]+", "-", Path(given.model).name).strip("-") or re.sub(r"[^\w.+-]+", "-", file.stem)
    return ModelEntry(named, str(file), replies=True)


def _split(text: str, root: Path) -> tuple[Path, str]:
    """The file and the name behind the last #, where there is one; a file may have one in its own."""
    whole = (root / Path(text).expanduser()).resolve()
    path, mark, name = text.rpartition("#")
    return (whole, "") if not mark or whole.is_file() else ((root / Path(path).expanduser()).resolve(), name)


def _fits_ids(name: str) -> bool:
    return bool(re.fullmatch(r"[\w.+-]+", name))


def _require_nothing_asked(values: OptionValues) -> None:
    """Raise SettingsError for what would ask a model. Controls and variants of pyproject.toml are for other runs and left out."""
    prompts = values.texts("prompt", least=0)
    asking = {
        "strategy": values.texts("strategy") != ["direct"],
        "control": "control" in values.given and values.texts("control", least=0) not in ([], ["none"]),
        "variants": "variants" in values.given and values.whole("variants", least=0) > 0,
        "prompt": len(prompts) > 1 or "all" in prompts,
        "shots": len(values.wholes("shots", least=0)) > 1,
    }
    if wanted := next((name for name, asks in asking.items() if asks), None):
        value = values[wanted]
        shown = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
        raise SettingsError(f"--replies are judged as they are, and --{wanted} {shown} would ask a model anew; leave one of the two out.")


def given_repeats(entry: ModelEntry) -> int:
    """How many replies to one case a file holds at most."""
    return read_replies(Path(entry.location)).repeats


def replies_line(entry: ModelEntry) -> str:
    """A file of replies in the header of a run."""
    told = read_replies(Path(entry.location)).describe(entry.name)
    return (
        f"{entry.name} ({told['replies']}, sha256 {told['sha256'][:16]}, made by {told['made by']}, settings {told['settings']}; "
        f"finish reasons {told['finish reasons']})"
    )
