"""What llama.cpp's server and vLLM tell of themselves, and servers that tell nothing; the answers are those of real servers, cut."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from itemwise.models.server.server_details import server_details
from tests.models.server.connecting import Serve, entry_on, model_on, requests, texts
from tests.stand_in import Answer, error

PROPERTIES: dict[str, Any] = {  # of /props, build 10434
    "default_generation_settings": {"params": {"temperature": 0.8, "top_k": 40}, "n_ctx": 2048},
    "total_slots": 4,
    "model_alias": "/models/smollm2-135m-instruct-q4_1.gguf",
    "model_ftype": "Q4_1",
    "model_path": "/models/smollm2-135m-instruct-q4_1.gguf",
    "chat_template": "{% for message in messages %}{{ message.content }}{% endfor %}",
    "build_info": "b10434-7e4c0a9",
}


def test_llama_cpp_tells_its_weights_context_slots_and_template(serve: Serve) -> None:
    server = serve()
    server.pages["/props"] = Answer(PROPERTIES)
    assert server_details(entry_on(server), "llamacpp") == {
        "weights": "/models/smollm2-135m-instruct-q4_1.gguf (Q4_1)",
        "context of a slot": "2048 tokens",
        "slots": "4",
        "chat template": "61fbedab465ef2a7",
        "versions": "llama.cpp b10434-7e4c0a9",
    }


def test_vllm_tells_its_version(serve: Serve) -> None:
    server = serve()
    server.pages["/version"] = Answer({"version": "0.32.0"})
    assert server_details(entry_on(server), "vllm") == {"versions": "vllm 0.32.0"}


def test_the_description_of_a_model_holds_what_its_server_tells(serve: Serve) -> None:
    listed = Answer({"data": [{"id": "/models/smol.gguf", "owned_by": "llamacpp", "meta": {"n_ctx": 2048}}]})
    server = serve(listed=listed)
    server.pages["/props"] = Answer(PROPERTIES)
    described = model_on(server, "#any-name").describe()  # which llama.cpp takes for the one it has
    assert (described["served model"], described["slots"], described["versions"]) == ("any-name", "4", "llama.cpp b10434-7e4c0a9")


@pytest.mark.parametrize("owner", ["llamacpp", "vllm"])
@pytest.mark.parametrize(
    "answer",
    [error(404, "no such page"), error(401, "key"), Answer("<html>"), Answer([1]), Answer({}), Answer({"version": None}), Answer(None)],
)
def test_a_server_that_does_not_tell_can_be_asked_all_the_same(owner: str, answer: Answer, serve: Serve) -> None:
    server = serve(listed=Answer({"data": [{"id": "adder", "owned_by": owner}]}))
    server.pages |= {"/props": answer, "/version": answer}
    model = model_on(server)
    assert texts(model.generate(requests("a"))) == ["A"]
    assert "versions" not in model.describe()


@pytest.mark.parametrize(
    "properties",
    [
        {"default_generation_settings": 1, "chat_template": [], "total_slots": 0},
        {"default_generation_settings": {"n_ctx": None}, "model_ftype": "Q4_1", "build_info": ""},
    ],
)
def test_properties_of_another_form_are_left_out(properties: dict[str, Any], serve: Serve) -> None:
    server = serve()
    server.pages["/props"] = Answer(properties)
    assert server_details(entry_on(server), "llamacpp") == {}


def test_another_server_is_not_asked_for_more(serve: Serve) -> None:
    server = serve()
    assert server_details(entry_on(server), "openai") == {}
    assert server.headers == []


def test_the_key_is_in_no_detail(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY", "sk-very-secret")
    server = serve()
    server.pages["/props"] = Answer({"model_path": "/models/sk-very-secret.gguf"})
    assert server_details(replace(entry_on(server), key_env="A_KEY"), "llamacpp") == {"weights": "/models/***.gguf"}
