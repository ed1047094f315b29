"""What `--model` may name where a server or a page was meant: asked, or refused in words that say what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from itemwise.models import REGISTRY, ModelError, entry_named, registry_with
from itemwise.models.server.address import read_address

BARE = "the URL of a server begins with http:// or https://; did you mean {}?"


def refusal(text: str) -> str:
    with pytest.raises(ModelError) as raised:
        entry_named(text, REGISTRY, Path.cwd())
    return str(raised.value)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("127.0.0.1:8000/v1#name", "http://127.0.0.1:8000/v1#name"),
        ("10.0.0.5/v1", "http://10.0.0.5/v1"),
        ("localhost:8000/v1", "http://localhost:8000/v1"),
        ("localhost/v1", "http://localhost/v1"),
        ("localhost", "http://localhost"),
        ("host:8000", "http://host:8000"),
        ("gpu-7:8000#name", "http://gpu-7:8000#name"),
        ("api.example.com/v1#owner/name", "http://api.example.com/v1#owner/name"),
        ("[::1]:8000/v1#name", "http://[::1]:8000/v1#name"),
        ("http//host:8000/v1", "http://host:8000/v1"),
        ("https:/host/v1", "https://host/v1"),
        ("https:host/v1", "https://host/v1"),
        ("HTTPS:/host/v1", "https://host/v1"),
    ],
)
def test_a_server_without_its_scheme_is_refused_with_what_was_meant(text: str, meant: str) -> None:
    assert refusal(text) == f"--model {text}: {BARE.format(meant)}"


@pytest.mark.parametrize("text", ["user:secret@host:8000/v1#name", "http//user:secret@host:8000/v1", "http:/user:secret@host/v1"])
def test_a_refusal_tells_no_password(text: str) -> None:
    assert "secret" not in refusal(text)
    assert BARE.partition(";")[0] in refusal(text)


@pytest.mark.parametrize("scheme", ["ftp", "ws", "file", "htp", "grpc"])
def test_another_scheme_is_refused(scheme: str) -> None:
    assert refusal(f"{scheme}://host:8000/v1").endswith(f"{scheme}:// is none of the ways to ask a server, which are http:// and https://.")


@pytest.mark.parametrize("before", ["https://huggingface.co/", "huggingface.co/", "https://hf.co/", "https://mirror.example/"])
@pytest.mark.parametrize("after", ["", "/", "/tree/main"])
def test_a_page_of_the_hub_is_refused_with_the_id(monkeypatch: pytest.MonkeyPatch, before: str, after: str) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example")
    assert "for the model there give --model Qwen/Qwen2.5-7B-Instruct" in refusal(f"{before}Qwen/Qwen2.5-7B-Instruct{after}")


@pytest.mark.parametrize(
    "text", ["a/b/c", "a/b#c", "a b/c", "a/b c", "a/b@main", "a--b/c", "a/b..c", "-a/b", "/", "", "  ", "a/b\0", "a/b\x1b[2J"]
)
def test_what_is_no_hub_id_is_no_model(text: str) -> None:
    message = refusal(text)
    assert message.isprintable()
    assert "no such model" in message or "no config.json" in message


@pytest.mark.parametrize("text", ["C:\\models\\mine", "C:/models/mine", "models\\mine", "~nobody-of-this-name/mine", "/" + "x" * 5000])
def test_a_path_that_is_none_is_no_such_folder(text: str) -> None:
    assert f"--model {text}: no such folder" in refusal(text)


@pytest.mark.parametrize("end", ["/chat/completions", "/completions/"])
def test_a_url_that_ends_too_late_is_refused(end: str) -> None:
    assert "what follows /v1 is added to it" in refusal(f"http://host:8000/v1{end}#name")


@pytest.mark.parametrize(
    "text", ["http://my host/v1", "http://host:99999/v1", "http://::1:8000/v1", "http://", "http:///v1", "http://h/v1?key=1"]
)
def test_a_url_that_is_none_is_refused(text: str) -> None:
    assert refusal(text).endswith("give the URL up to /v1 and the served model's name: http://host:8000/v1#name.")


@pytest.mark.parametrize(
    "text", [" http://host:8000/v1#name ", "HTTP://HOST:8000/v1#name", "http://host:8000/v1/#name", "http://host:8000/v1#name/"]
)
def test_one_server_has_one_location(text: str) -> None:
    assert entry_named(text, REGISTRY, Path.cwd()).location == "http://host:8000/v1#name"


def test_an_ipv6_address_and_a_path_keep_their_form() -> None:
    address = read_address("http://user:pw@[::1]:8000/Serve/v1#Owner/Name")
    assert address == (
        "http://[::1]:8000/Serve/v1",
        "::1:8000",
        "Owner/Name",
        "user:pw",
    )


@pytest.mark.parametrize("text", [" embedded-text", "embedded-text\n"])
def test_spaces_around_a_name_do_not_matter(text: str) -> None:
    assert entry_named(text, REGISTRY, Path.cwd()) == REGISTRY["embedded-text"]


@pytest.mark.parametrize("text", ["Qwen/Qwen2.5-7B-Instruct", "01-ai/Yi-1.5-6B-Chat", "meta-llama/Llama-2-7b-chat-hf", "owner/v1"])
def test_a_hub_id_stays_one(text: str) -> None:
    entry = entry_named(text, REGISTRY, Path.cwd())
    assert (entry.location, entry.server, entry.local) == (text, False, False)


def test_a_projects_own_location_is_refused_alike(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"^\[tool.itemwise.models.mine\] location 'localhost:8000/v1#m': the URL of a server begins with"):
        registry_with({"mine": {"location": "user:pw@localhost:8000/v1#m"}}, tmp_path)
