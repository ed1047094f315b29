"""`--replies FILE[#NAME]` or FOLDER: replies that were made elsewhere, and what a run of them cannot be asked for."""

import re
from pathlib import Path

from itemwise.models import ModelEntry
from itemwise.replies import RepliesError, read_replies, reply_files
from itemwise.session.cli_and_pyproject import OptionValues, SettingsError

__all__ = ["given_repeats", "given_replies", "replies_line"]


def given_replies(values: OptionValues) -> tuple[ModelEntry, ...]:
    """An entry for each file of replies. Raises SettingsError where one cannot be read, or an option asks for what only a model can do."""
    texts = values.texts("replies", least=0)
    if not texts:
        return ()
    _require_nothing_asked(values)
    try:
        return tuple(entry for text in texts for entry in _entries(text, values.base("replies")))
    except RepliesError as error:
        raise SettingsError(f"--replies {error}") from None


def _entries(text: str, root: Path) -> list[ModelEntry]:
    """An entry for the file, or for each of a folder, called by its path there, as a folder holds several files of one model."""
    file, name = _split(text, root)
    if file.is_dir():
        if name:
            raise SettingsError(f"--replies {text}: the files of a folder are named by themselves; give one file the name {name!r}.")
        return [_entry(each, _fit_for_ids(_stem(each.relative_to(file)))) for each in reply_files(file)]
    if name and _fit_for_ids(name) != name:
        raise SettingsError(f"--replies {text}: the name {name!r} must be of letters, digits and . _ + - only.")
    return [_entry(file, name)]


def _entry(file: Path, name: str) -> ModelEntry:
    given = read_replies(file)
    named = name or _fit_for_ids(Path(given.model).name) or _fit_for_ids(_stem(Path(file.name)))
    return ModelEntry(named, str(file), replies=True)


def _stem(file: Path) -> str:
    """The path without its suffixes; the dots of a date are none."""
    return re.sub(r"(\.(jsonl?|eval|csv|tsv|parquet|arrow))?(\.gz)?$", "", file.as_posix(), flags=re.IGNORECASE)


def _split(text: str, root: Path) -> tuple[Path, str]:
    """The file and the name behind the last #, where there is one; a file may have one in its own."""
    whole = (root / Path(text).expanduser()).resolve()
    path, mark, name = text.rpartition("#")
    return (whole, "") if not mark or whole.exists() else ((root / Path(path).expanduser()).resolve(), name)


def _fit_for_ids(name: str) -> str:
    """`name` of what a test's id holds."""
    return re.sub(r"[^\w.+-]+", "-", name).strip("-")


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
