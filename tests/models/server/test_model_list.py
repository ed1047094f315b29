"""The list of a server's models, the one that is meant, and servers that cannot be had."""

from __future__ import annotations

import socket

import pytest

from itemwise.models import LoadOptions, ModelEntry
from itemwise.models.identity import identity_of
from itemwise.models.server.model_list import owner_of
from tests.models.server.connecting import Serve, entry_on, model_on, requests, texts, told, unavailable
from tests.stand_in import Answer, error, said


def test_a_model_without_a_name_is_the_only_one_there_is(serve: Serve) -> None:
    server = serve()
    model_on(server, "").generate(requests("a"))
    assert server.bodies[0]["model"] == "adder"


def test_a_server_with_no_list_of_models_is_asked_all_the_same(serve: Serve) -> None:
    assert texts(model_on(serve(listed=error(404, "no such page"))).generate(requests("a"))) == ["A"]


def test_a_url_without_a_name_is_the_model_served_now(serve: Serve) -> None:
    assert identity_of(entry_on(serve(), ""), LoadOptions("nf4", 64))["served model"] == "adder"


def test_names_of_a_list_are_shown_printable_and_few(serve: Serve) -> None:
    listed = Answer({"data": [{"id": f"m{number}\x1b[31m"} for number in range(50)]})
    message = unavailable(entry_on(serve(listed=listed), ""))
    assert "lists 50 models (m0 [31m, m1 [31m, " in message
    assert ", and 30 more)" in message
    assert message.isprintable()


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def test_where_nobody_listens_the_message_says_where_and_what_to_check() -> None:
    url = f"http://127.0.0.1:{free_port()}/v1"
    message = unavailable(ModelEntry("adder", f"{url}#adder", server=True))
    assert message.startswith(f"adder: no server at {url} (cannot be reached: ")
    assert message.endswith(
        "Check that it runs, that host and port are right, and that no firewall or proxy (HTTP_PROXY, NO_PROXY) stands between."
    )


def test_a_url_that_the_client_refuses_is_named() -> None:
    message = unavailable(ModelEntry("adder", "http://host..x/v1#adder", server=True))
    assert message.startswith("adder: http://host..x/v1 cannot be asked (")


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        (Answer({"data": [{"id": "a"}, {"id": "b/c"}]}), r"lists 2 models (a, b/c), so one must be named: --model URL#NAME."),
        (Answer({"data": []}), r"lists 0 models (none), so one must be named"),
        (Answer("<html>", headers={"Content-Type": "text/html"}), r"lists 0 models (none), so one must be named"),
    ],
)
def test_a_url_that_leaves_the_model_open_is_answered_with_what_there_is(listed: Answer, words: str, serve: Serve) -> None:
    server = serve(listed=listed)
    assert unavailable(entry_on(server, "")).startswith(f"{server.url} {words.replace('URL', server.url)}")


def test_a_name_that_is_not_served_is_answered_with_those_that_are(serve: Serve) -> None:
    server = serve(lambda *_: error(404, "The model `adder` does not exist."), Answer({"data": [{"id": "summer"}]}))
    assert "answered 404 (The model `adder` does not exist.). It lists summer. Check that" in unavailable(entry_on(server))


def test_where_a_server_breaks_down_at_a_name_its_own_names_are_told_at_once(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    server = serve(lambda _, number: error(500, "oops") if number == 1 else said("A"), Answer({"data": [{"id": "summer"}]}))
    assert texts(model_on(server).generate(requests("a"))) == ["A"]
    (line,) = told(caplog)
    assert "answered 500 (oops), and lists no 'adder' but summer; asked again for up to" in line


@pytest.mark.parametrize("served", ["/models/qwen", "/models/qwen/", "models/qwen"])
def test_a_folder_that_is_served_under_its_path_is_found_by_it(served: str, serve: Serve) -> None:
    server = serve(listed=Answer({"data": [{"id": "other"}, {"id": served}]}))
    assert texts(model_on(server, "#/models/qwen").generate(requests("a"))) == ["A"]
    assert server.bodies[0]["model"] == served


def test_a_name_that_is_listed_as_it_stands_is_not_taken_for_a_path(serve: Serve) -> None:
    server = serve(listed=Answer({"data": [{"id": "/qwen"}, {"id": "qwen"}]}))
    model_on(server, "#qwen").generate(requests("a"))
    assert server.bodies[0]["model"] == "qwen"


@pytest.mark.parametrize(("owners", "owner"), [(["vllm", "vllm"], "vllm"), (["openai", "system"], ""), ([], ""), ([None], ""), ([7], "7")])
def test_a_server_is_named_by_the_owner_of_all_its_models(owners: list[object], owner: str) -> None:
    listed = [{"id": str(number), **({"owned_by": each} if each else {})} for number, each in enumerate(owners)]
    assert owner_of(listed) == owner
