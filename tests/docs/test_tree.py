"""The tree in docs/how-it-works.md names every module of the package where it is, and none that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from tests.docs.pages import ROOT


def tree() -> Iterator[tuple[str, str]]:
    """The paths of the tree, two spaces deeper in each folder, with the words beside them."""
    page = (ROOT / "docs" / "how-it-works.md").read_text(encoding="utf-8")
    folders: list[str] = []
    for line in page.partition("## Where things are")[2].split("```")[1].strip().splitlines():
        name, _, words = line.strip().partition(" ")
        folders[(len(line) - len(line.lstrip())) // 2 :] = [name]
        yield "".join(folders), words.strip()


def test_the_tree_names_every_module_and_none_that_is_not_there() -> None:
    modules = {str(file.relative_to(ROOT).as_posix()) for file in (ROOT / "itemwise").rglob("*.py") if file.name != "__init__.py"}
    assert {path for path, _ in tree() if path.startswith("itemwise/") and path.endswith(".py")} == modules


def test_the_tree_names_every_folder_of_code_once_and_says_what_each_is_for() -> None:
    paths = [path for path, _ in tree()]
    folders = {f"{file.parent.relative_to(ROOT).as_posix()}/" for file in (ROOT / "itemwise").rglob("__init__.py")}
    assert folders | {"benchmarks/", "extractors/", "training/", "tests/", "tools/", "docs/", "reports/"} <= set(paths)
    assert len(paths) == len(set(paths))
    assert [path for path, words in tree() if not words] == []
