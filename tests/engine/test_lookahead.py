from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise.engine.engine import Engine
from itemwise.engine.lookahead import Lookahead, Upcoming, block_model, case_groups
from itemwise.strategies.direct import direct
from tests.scripted import ScriptedModel, bound

PREFIXES = {"m-direct-": "m", "m-tool-": "m"}


def upcoming(keys: str, group: object = 0) -> list[Upcoming]:
    return [Upcoming(key, bound(direct, key), group) for key in keys]


def test_one_generate_serves_the_tests_ahead() -> None:
    model = ScriptedModel(str.upper)
    engine, lookahead = Engine(model, batch_size=4), Lookahead(upcoming("abcdef"))
    assert [lookahead.reply(key, engine).text for key in "abcdef"] == ["A", "B", "C", "D", "E", "F"]
    assert model.batches == [["a", "b", "c", "d"], ["e", "f"]]


def test_the_first_test_waits_for_one_batch_only() -> None:
    model = ScriptedModel(str.upper)
    engine, lookahead = Engine(model, batch_size=2), Lookahead(upcoming("abcdef"))
    lookahead.reply("a", engine)
    assert model.batches == [["a", "b"]]


def test_cases_of_another_group_are_left_to_whoever_runs_it() -> None:
    model = ScriptedModel(str.upper)
    lookahead = Lookahead([*upcoming("ab", group=0), *upcoming("cd", group=1)])
    lookahead.reply("a", Engine(model, batch_size=8))
    assert model.batches == [["a", "b"]]


def test_a_case_asked_for_again_is_asked_again() -> None:
    model = ScriptedModel(str.upper)
    engine, lookahead = Engine(model, batch_size=1), Lookahead(upcoming("ab"))
    assert [lookahead.reply("a", engine).text for _ in range(2)] == ["A", "A"]


def test_a_test_run_out_of_order_still_gets_its_own_reply() -> None:
    engine, lookahead = Engine(ScriptedModel(str.upper), batch_size=2), Lookahead(upcoming("abcd"))
    assert [lookahead.reply(key, engine).text for key in "dacb"] == ["D", "A", "C", "B"]


def test_the_case_at_fault_raises_where_its_test_runs() -> None:
    def script(text: str) -> str:
        if text == "b":
            raise RuntimeError("boom")
        return text

    engine, lookahead = Engine(ScriptedModel(script), batch_size=4), Lookahead(upcoming("abc"))
    assert lookahead.reply("a", engine).text == "a"
    with pytest.raises(RuntimeError, match="boom"):
        lookahead.reply("b", engine)
    assert lookahead.reply("c", engine).text == "c"


def node_ids(direct_cases: int, tool_cases: int, others: int = 0) -> list[str]:
    return [
        *(f"b.py::test_b[m-direct-c-{number}]" for number in range(direct_cases)),
        *(f"b.py::test_b[m-tool-c-{number}]" for number in range(tool_cases)),
        *(f"t.py::test_{number}" for number in range(others)),
    ]


def test_a_group_holds_one_strategy_only() -> None:
    found = case_groups(node_ids(3, 3), PREFIXES, batch_size=8, processes=1)
    assert len(set(found.values())) == 2


def test_ordinary_tests_are_groups_of_their_own() -> None:
    assert len(set(case_groups(node_ids(0, 0, others=5), PREFIXES, batch_size=8, processes=2).values())) == 5


@given(cases=st.integers(1, 400), batch_size=st.integers(1, 32), processes=st.integers(2, 8))
def test_every_process_has_work_while_there_is_enough(cases: int, batch_size: int, processes: int) -> None:
    found = case_groups(node_ids(cases, 0), PREFIXES, batch_size, processes)
    assert len(set(found.values())) >= min(processes, cases) * (cases % processes == 0)
    assert max(list(found.values()).count(group) for group in set(found.values())) <= -(-cases // processes)


def scheduled(workers: int, cases: int, batch_size: int) -> Counter[object]:
    """How many groups of cases there are for so many workers, and how large each is."""
    ids = [f"b.py::test_b[m-direct-c-{number}]" for number in range(cases)]
    return Counter(case_groups(ids, PREFIXES, batch_size, workers).values())


@pytest.mark.parametrize("workers", [2, 4, 8])
@pytest.mark.parametrize("cases", [8, 50, 200, 1319])
def test_every_worker_has_a_share_and_none_waits_for_a_giant_group(workers: int, cases: int) -> None:
    groups = scheduled(workers, cases, batch_size=32)
    assert sum(groups.values()) == cases
    assert len(groups) >= min(workers, cases)
    assert max(groups.values()) <= max(-(-cases // workers), 1)


def groups_of(cases: dict[str, int], workers: int, batch_size: int = 64) -> dict[str, list[int]]:
    """The sizes of the groups of each model."""
    ids = [f"b.py::test_b[{model}-direct-c-{number}]" for model, amount in cases.items() for number in range(amount)]
    groups = Counter(case_groups(ids, {f"{model}-direct-": model for model in cases}, batch_size, workers).values())
    return {model: [size for (block, _), size in groups.items() if f"[{model}-" in block] for model in cases}  # type: ignore[misc, attr-defined]


def test_the_workers_that_share_a_model_have_equally_many_groups_of_it() -> None:
    assert groups_of({"a": 600, "b": 300}, workers=3, batch_size=600) == {"a": [150] * 4, "b": [100] * 3}
    assert groups_of({"a": 600, "b": 300}, workers=6) == {"a": [50] * 12, "b": [50] * 6}
    assert groups_of({"a": 90}, workers=3) == {"a": [30] * 3}


def test_groups_of_a_large_block_are_as_many_as_make_the_shares_of_its_workers_equal() -> None:
    assert groups_of({"a": 1320}, workers=2) == {"a": [220] * 6}


def test_beside_other_models_groups_are_smaller_but_no_smaller_than_a_batch() -> None:
    assert groups_of({"a": 300, "b": 300}, workers=2) == {"a": [75] * 4, "b": [75] * 4}
    assert groups_of({"a": 300, "b": 300}, workers=2, batch_size=150) == {"a": [150] * 2, "b": [150] * 2}
    assert groups_of({"a": 300}, workers=2) == {"a": [150] * 2}


def test_with_more_models_than_workers_another_worker_may_still_help_with_the_last() -> None:
    assert groups_of({"a": 50, "b": 50, "c": 51}, workers=2) == {"a": [25, 25], "b": [25, 25], "c": [26, 25]}


def test_a_model_whose_name_begins_as_anothers_has_groups_of_its_own() -> None:
    ids = ["b.py::test_b[m-direct-c-0]", "b.py::test_b[m-none-direct-c-0]"]
    found = case_groups(ids, {"m-direct-": "m", "m-none-direct-": "m-none"}, 64, 2)
    assert [block_model(block, {"m-direct-": "m", "m-none-direct-": "m-none"}) for block, _ in found.values()] == ["m", "m-none"]  # type: ignore[misc, attr-defined]
