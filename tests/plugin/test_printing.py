"""What pytest shows of benchmarks is made printable; of other tests nothing is changed."""

from __future__ import annotations

import warnings
from types import SimpleNamespace
from typing import Any

import pytest

from itemwise.plugin.printing import Printing, terminal_width, usage_error
from tests.plugin.conftest import Terminal, a_config, wrapped

HOSTILE = "title\x1b]0;x\x07\n::set-output name=a::b"


def an_item(*, marked: bool) -> Any:
    return SimpleNamespace(get_closest_marker=lambda name: name == "itemwise" if marked else None)


def a_report(longrepr: Any) -> pytest.TestReport:
    sections = [("Captured stdout call", HOSTILE)]
    return pytest.TestReport("t.py::t", ("t.py", 1, "t"), {}, "failed", longrepr, "call", sections)


def shown(longrepr: Any, *, marked: bool = True) -> pytest.TestReport:
    return wrapped(Printing().pytest_runtest_makereport(an_item(marked=marked)), a_report(longrepr))


def is_printable(text: str) -> bool:
    return "\x1b" not in text and not any(line.startswith("::") for line in text.splitlines()) and "set-output" in text


def test_no_property_of_a_case_names_a_file_to_attach() -> None:
    report = a_report(None)
    report.user_properties = [("said", "[[ATTACHMENT|/etc/passwd]]"), ("score", 0.5)]
    shown_as = wrapped(Printing().pytest_runtest_makereport(an_item(marked=True)), report)
    assert shown_as.user_properties == [("said", "[ [ATTACHMENT|/etc/passwd]]"), ("score", 0.5)]


def test_a_property_that_is_plain_stays_the_one_that_all_reports_of_a_test_share() -> None:
    report, told = a_report(None), ("said", "42")
    report.user_properties = [told]
    assert wrapped(Printing().pytest_runtest_makereport(an_item(marked=True)), report).user_properties[0] is told


def test_error_and_captured_output_of_a_case_are_printable() -> None:
    report = shown(HOSTILE)
    assert is_printable(str(report.longrepr))
    ((name, content),) = report.sections
    assert (name, is_printable(content)) == ("Captured stdout call", True)


def test_the_reason_of_a_skip_is_printable_and_stays_a_skip() -> None:
    path, line, reason = shown(("t.py", 3, HOSTILE)).longrepr  # type: ignore[misc]
    assert (path, line, is_printable(str(reason))) == ("t.py", 3, True)


def test_an_error_that_steers_nothing_keeps_its_form_and_so_its_colours() -> None:
    class Plain:
        def __str__(self) -> str:
            return "assert 1 == 2"

    error = Plain()
    assert shown(error).longrepr is error


def test_an_ordinary_test_is_left_as_it_is() -> None:
    report = shown(HOSTILE, marked=False)
    assert (report.longrepr, report.sections) == (HOSTILE, [("Captured stdout call", HOSTILE)])


@pytest.mark.parametrize("marked", [True, False])
def test_warnings_are_printable_in_a_run_with_benchmarks(marked: bool) -> None:
    printing = Printing()
    printing.pytest_collection_finish(SimpleNamespace(items=[an_item(marked=marked)]))  # type: ignore[arg-type]
    warning = UserWarning(HOSTILE, 7)
    printing.pytest_warning_recorded(warnings.WarningMessage(warning, UserWarning, "t.py", 1))
    assert (is_printable(warning.args[0]), warning.args[1]) == (marked, 7)


def test_a_usage_error_is_printable() -> None:
    assert is_printable(str(usage_error(HOSTILE)))


def test_lines_are_as_wide_as_the_terminal_and_of_any_length_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "93")
    terminal = Terminal()
    terminal.writer.fullwidth = 93
    assert (terminal_width(a_config(terminal)), terminal_width(a_config(None))) == (0, 0)
    terminal.isatty = True
    assert terminal_width(a_config(terminal)) == 93
