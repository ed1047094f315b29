from __future__ import annotations

import pytest

from itemwise.plugin.group_queue import GroupQueue


@pytest.fixture
def queue() -> GroupQueue:
    found = GroupQueue(lambda test: test[0].strip("t"))
    for group, tests in {"one": ["a1", "a2"], "two": ["b1"], "three": ["a3"], "four": ["t1"]}.items():
        found[group] = dict.fromkeys(tests, False)
    return found


def test_groups_wait_by_their_model_in_order(queue: GroupQueue) -> None:
    assert [queue.first(model) for model in ("a", "b", "", "c")] == ["one", "two", "four", None]
    assert (len(queue), queue.models) == (4, ["a", "b"])
    assert (queue.cases("a"), queue.size("a"), queue.cases("c")) == (3, 2, 0)
    assert queue.pop("one") == {"a1": False, "a2": False}
    assert (queue.first("a"), len(queue)) == ("three", 3)


def test_an_empty_queue_is_false(queue: GroupQueue) -> None:
    for group in ("one", "two", "three", "four"):
        assert queue
        queue.pop(group)
    assert not queue
    assert queue.models == []


def test_groups_that_are_asked_again_are_for_workers_that_know_of_them_those_of_their_model_first(queue: GroupQueue) -> None:
    queue.put_again("again 0", {"b8": False})
    queue.put_again("again 1", {"a8": False, "a9": False})
    known = {"b8": "again 0", "a8": "again 1", "a9": "again 1"}
    assert [queue.first_again(known, model) for model in ("", "a", "b")] == ["again 1", "again 1", "again 0"]
    assert queue.first_again({"b8": "again 0"}, "a") == "again 0"
    assert queue.first_again({}, "a") is None
    assert (queue.model("again 1"), queue.model("four"), len(queue)) == ("a", "", 6)
    assert queue.pop("again 0") == {"b8": False}
