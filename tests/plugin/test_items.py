"""What is told of a case by its item alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from itemwise.plugin.items import Fault, benchmark_of, function_id, is_case, own_parameters, parameters, plain_name, prefixes, rerun_command
from tests.plugin.conftest import SUMS, Collect, worker_of

BROKEN = SUMS.replace("yield Case", "1 / 0\n        yield Case")
STYLED = SUMS.replace("@cases(", '@pytest.mark.parametrize("style", ["short", "long"])\n@cases(').replace("(case,", "(style, case,")


def test_a_case_is_told_from_an_ordinary_test(collect: Collect) -> None:
    assert [is_case(item) for item in collect()] == [True] * 4 + [False]


def test_a_benchmark_without_cases_is_one_test_that_is_none(collect: Collect) -> None:
    faulty, plain = collect(BROKEN)
    assert isinstance(parameters(faulty)["case"], Fault)
    assert [is_case(faulty), is_case(plain)] == [False, False]


def test_a_case_has_its_function_benchmark_and_parameters(collect: Collect) -> None:
    _, second, *_ = collect()
    assert function_id(second) == f"{second.path.name}::test_sums"
    assert second.nodeid == f"{function_id(second)}[embedded-text-direct-sum-1]"
    assert [case.name for case in benchmark_of(second).cases(worker_of(second).settings.source, None)] == [f"sum-{n}" for n in range(4)]
    asked = parameters(second)
    assert (asked["model"].name, asked["strategy"], asked["case"].name) == ("embedded-text", "direct", "sum-1")


def test_the_prefixes_of_node_ids_are_models_by_strategies(collect: Collect) -> None:
    settings = worker_of(collect(SUMS, "--strategy", "direct", "--strategy", "vote")[0]).settings
    assert list(prefixes(settings)) == ["embedded-text-direct-", "embedded-text-vote-", "embedded-vision-direct-", "embedded-vision-vote-"]
    assert [*prefixes(settings).values()] == ["embedded-text"] * 2 + ["embedded-vision"] * 2


@pytest.mark.parametrize(("function", "name"), [("test_gsm8k", "gsm8k"), ("gsm8k_test_", "gsm8k_test_")])
def test_a_benchmark_is_called_as_its_function_without_test(function: str, name: str) -> None:
    assert plain_name(function) == name


@pytest.mark.parametrize(
    ("asked", "own"),
    [({"style", "case", "answer"}, ("long", (1,), ())), ({"case", "answer"}, ("", (), (1,)))],
    ids=["the test asks for it", "a plugin added it"],
)
def test_parameters_beside_ours_are_the_benchmarks_own_where_it_asks_for_them(
    asked: set[str], own: tuple[object, ...], collect: Collect
) -> None:
    item = next(item for item in collect(STYLED) if "long" in item.nodeid)
    assert own_parameters(item, asked) == own


def test_a_rerun_keeps_the_options_that_make_the_case_and_names_it_alone(collect: Collect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    item = collect(SUMS, "--seed=5", "--fail-under", "sums=0.1", "-k", "sum", "-p", "no:cacheprovider", "-v")[0]
    name = item.path.name
    assert rerun_command(item) == (f"pytest --sample all --seed=5 -p no:cacheprovider '{name}::test_sums[embedded-text-direct-sum-0]'")


def test_a_rerun_carries_pytest_addopts_and_no_password(collect: Collect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--seed 5")
    item = collect(SUMS, "--model", "http://me:secret@127.0.0.1:9/v1#adder")[0]
    command = rerun_command(item)
    assert command.startswith("PYTEST_ADDOPTS='--seed 5' pytest --sample all --model ")
    assert "secret" not in command


def test_a_rerun_is_spelled_from_where_the_run_was(collect: Collect, monkeypatch: pytest.MonkeyPatch, pytester: pytest.Pytester) -> None:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    inner = pytester.mkdir("inner")
    monkeypatch.chdir(inner)
    item = collect(SUMS, "--rootdir", str(pytester.path))[0]
    assert Path(inner, rerun_command(item).rpartition("'")[0].rpartition("'")[2].partition("::")[0]).resolve() == item.path
