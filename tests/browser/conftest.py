"""The report page in a real Chromium: from a file, as people open it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from itemwise.reporting import RunRecord
from itemwise.reporting.writers.html import report_parts
from tests.browser.opened import Opened
from tests.browser.runs import run_of_all_kinds, run_of_many

NAMES = ("chromium", "chromium-browser", "google-chrome")

PATIENCE = 30_000  # ms until a page that does not show what it should has failed
expect.set_options(timeout=PATIENCE)


def chromium_path() -> str:
    """The browser that the tests drive; without one they are skipped, and under CI they fail."""
    told = os.environ.get("ITEMWISE_CHROMIUM", "")
    found = shutil.which(told) if told else next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    looked = f"ITEMWISE_CHROMIUM={told} is no program" if told else f"none of {', '.join(NAMES)} is on PATH"
    reason = f"{looked}: install Chromium (apt-get install chromium), or name one in ITEMWISE_CHROMIUM"
    if told or os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for this folder, closed behind it: Playwright's event loop would be in the way of other tests' own."""
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[], RunRecord]], Path]:
    """The page of a run by the run's name, written once."""
    folder = tmp_path_factory.mktemp("pages")

    def write(name: str, run: Callable[[], RunRecord]) -> Path:
        path = folder / f"{name}.html"
        if not path.exists():
            path.write_text("".join(report_parts(run())), encoding="utf-8")
        return path

    return write


@pytest.fixture
def open_file(chromium: Browser) -> Iterator[Callable[..., Opened]]:
    """Opens a page by its file and hash, with Playwright's options of a context; afterwards nothing may have gone wrong in it."""
    opened: list[Opened] = []

    def open_page(path: Path, hash: str | None = None, *, before: str = "", **options: Any) -> Opened:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(PATIENCE)
        context.add_init_script(before or ";")
        page = context.new_page()
        found = Opened(page, path.as_uri())
        opened.append(found)
        page.goto(path.as_uri() + ("" if hash is None else f"#{hash}"))
        return found

    yield open_page
    for each in opened:
        each.page.context.close()
    for each in opened:
        assert (each.errors, each.dialogs, set(each.requests)) == ([], [], {each.address})


@pytest.fixture
def report(written: Callable[..., Path], open_file: Callable[..., Opened]) -> Callable[..., Page]:
    """Opens the page of the small run of all kinds, at a case's id where one is given."""

    def open_report(case: str | None = None, **options: Any) -> Page:
        return open_file(written("all-kinds", run_of_all_kinds), None if case is None else quote(case, safe=""), **options).page

    return open_report


@pytest.fixture
def large(written: Callable[..., Path], open_file: Callable[..., Opened]) -> Page:
    """The page of a run of 10,000 cases."""
    return open_file(written("many", lambda: run_of_many(10_000))).page
