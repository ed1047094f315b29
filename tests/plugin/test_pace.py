from __future__ import annotations

from types import SimpleNamespace

from itemwise.plugin.pace import LOADED, Pace


def note(pace: Pace, model: str, *durations: float, load: float = 0.0) -> None:
    """Cases of a model that took so long, the first of which waited for its load."""
    for number, duration in enumerate(durations):
        pace.note(model, SimpleNamespace(when="setup", duration=duration, **({LOADED: load} if load and not number else {})))
        pace.note(model, SimpleNamespace(when="teardown", duration=0.0))


def test_a_load_is_told_in_cases_that_a_worker_does_meanwhile() -> None:
    pace = Pace()
    note(pace, "a", 12.0, 1.0, 3.0, load=10.0)
    assert pace.load_in_cases("a", "b") == 5.0
    note(pace, "a", 6.0, load=4.0)  # of a worker that had the libraries
    assert pace.load_in_cases("a", "b") == 2.0


def test_of_a_model_without_an_answer_yet_a_load_is_as_dear_as_of_the_other() -> None:
    pace = Pace()
    assert pace.load_in_cases("b", "a") == 0.0
    note(pace, "a", 12.0, 2.0, load=10.0)
    assert pace.load_in_cases("b", "a") == 5.0


def test_cases_out_of_the_store_tell_nothing_of_a_pace() -> None:
    pace = Pace()
    note(pace, "a", *[0.0] * 1000)
    assert pace.load_in_cases("a", "b") == 0.0
    note(pace, "a", 12.0, 2.0, load=10.0)
    assert pace.load_in_cases("a", "b") == 5.0
