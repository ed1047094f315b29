"""What `--model` may name: a registered name, a folder, a hub id, a server, or an entry of a project's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from itemwise.models import REGISTRY, ModelEntry, ModelError, entry_named, registry_with
from itemwise.models.registry import quantisations_for, with_adapter, with_pixels


def refused(text: str, root: Path, own: dict[str, Any] | None = None) -> str:
    with pytest.raises(ModelError) as caught:
        entry_named(text, registry_with(own or {}, root), root)
    return str(caught.value)


def folder_in(root: Path, name: str) -> Path:
    (root / name).mkdir(parents=True)
    (root / name / "config.json").write_text("{}")
    return root / name


# Names


@pytest.mark.parametrize(
    ("name", "location"),
    [
        ("qwen2.5-7b-instruct", "Qwen/Qwen2.5-7B-Instruct"),
        ("qwen2.5-math-7b-instruct", "Qwen/Qwen2.5-Math-7B-Instruct"),
        ("llama-2-7b-chat", "meta-llama/Llama-2-7b-chat-hf"),
        ("qwen2-vl-7b-instruct", "Qwen/Qwen2-VL-7B-Instruct"),
        ("qwen2.5-vl-7b-instruct", "Qwen/Qwen2.5-VL-7B-Instruct"),
        ("llava-1.5-7b", "llava-hf/llava-1.5-7b-hf"),
    ],
)
def test_a_registered_name_is_a_model_of_the_hub(name: str, location: str, tmp_path: Path) -> None:
    entry = entry_named(name, REGISTRY, tmp_path)
    assert (entry.name, entry.location, entry.local, entry.source) == (name, location, False, "hub")


def test_the_embedded_model_is_a_folder_of_the_package_asked_made_problems(tmp_path: Path) -> None:
    entry = entry_named("embedded-text", REGISTRY, tmp_path)
    assert (entry.local, entry.source) == (True, "synthetic")
    assert (Path(entry.location) / "config.json").is_file()


def test_the_embedded_model_that_sees_lies_beside_it(tmp_path: Path) -> None:
    text, vision = (entry_named(name, REGISTRY, tmp_path) for name in ("embedded-text", "embedded-vision"))
    assert Path(vision.location) == Path(text.location).with_name("vision")
    assert (vision.local, vision.source, vision.max_new_tokens) == (True, "synthetic", 512)


def test_a_model_may_have_a_prompt_that_it_is_asked_with_by_default() -> None:
    preferred = {entry.name: entry.prompt for entry in REGISTRY.values() if entry.prompt}
    assert preferred == {"embedded-text": "json", "embedded-vision": "json", "qwen2.5-math-7b-instruct": "question"}


def test_no_registered_model_runs_python_of_its_own() -> None:
    assert not any(entry.trust_remote_code for entry in REGISTRY.values())


def test_a_name_nearly_right_is_answered_with_the_right_one(tmp_path: Path) -> None:
    assert "Did you mean qwen2.5-7b-instruct?" in refused("qwen-2.5-7b-instruct", tmp_path)


def test_a_name_in_capitals_is_answered_with_the_right_one(tmp_path: Path) -> None:
    assert "Did you mean llama-2-7b-chat?" in refused("Llama-2-7B-Chat", tmp_path)


def test_a_name_like_no_other_is_answered_with_where_all_are_listed(tmp_path: Path) -> None:
    message = refused("zzz", tmp_path)
    assert message.startswith("--model zzz: no such model. `python -m itemwise models` lists the known names; ")
    assert message.endswith("or give a folder (./checkpoint), a GGUF file, a hub id (owner/name) or a server (http://host:8000/v1#name).")


def test_an_empty_name_is_refused(tmp_path: Path) -> None:
    assert "no such model" in refused("", folder_in(tmp_path, "here"))


# Folders


@pytest.mark.parametrize("text", ["checkpoint", "./checkpoint", "./checkpoint/", "sub/../checkpoint"])
def test_a_folder_is_found_from_where_the_command_was_given(text: str, tmp_path: Path) -> None:
    folder = folder_in(tmp_path, "checkpoint")
    (tmp_path / "sub").mkdir()
    assert entry_named(text, REGISTRY, tmp_path) == ModelEntry("checkpoint", str(folder), local=True)


def test_a_folder_named_as_a_hub_id_would_be_is_taken_as_the_folder(tmp_path: Path) -> None:
    folder = folder_in(tmp_path, "runs/best")
    assert entry_named("runs/best", REGISTRY, tmp_path) == ModelEntry("best", str(folder), local=True)


def test_an_absolute_folder_is_taken_as_it_stands(tmp_path: Path) -> None:
    folder = folder_in(tmp_path, "checkpoint")
    assert entry_named(str(folder), REGISTRY, Path("/elsewhere")).location == str(folder)


def test_a_folder_in_the_home_directory_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = folder_in(tmp_path, "checkpoint")
    assert entry_named("~/checkpoint", REGISTRY, Path("/elsewhere")).location == str(folder)


@pytest.mark.parametrize("text", ["./gone", "../gone", "/gone", "~/gone"])
def test_a_folder_that_is_not_there_is_no_hub_id(text: str, tmp_path: Path) -> None:
    message = refused(text, tmp_path)
    assert message.startswith(f"--model {text}: no such folder (")
    assert message.endswith("give the folder that holds config.json.")


def test_a_folder_without_a_config_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert f"{tmp_path / 'empty'}: the folder holds no config.json; give the one that save_pretrained wrote." in refused(
        "./empty", tmp_path
    )


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").touch()
    assert "no such folder" in refused("./model.safetensors", tmp_path)


# GGUF files


@pytest.mark.parametrize("text", ["tiny-Q4_0.gguf", "./tiny-Q4_0.gguf", "sub/../tiny-Q4_0.gguf"])
def test_a_gguf_is_found_from_where_the_command_was_given(text: str, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "tiny-Q4_0.gguf").touch()
    assert entry_named(text, REGISTRY, tmp_path) == ModelEntry("tiny-Q4_0", str(tmp_path / "tiny-Q4_0.gguf"), local=True, gguf=True)


def test_a_gguf_of_the_hub_is_named_behind_its_repository(tmp_path: Path) -> None:
    text = "owner/name-GGUF/sub/tiny-Q4_0.gguf"
    assert entry_named(text, REGISTRY, tmp_path) == ModelEntry("tiny-Q4_0", text, gguf=True)
    (tmp_path / "owner/name-GGUF/sub").mkdir(parents=True)
    (tmp_path / text).touch()
    assert entry_named(text, REGISTRY, tmp_path).location == str(tmp_path / text)  # what is here comes first


@pytest.mark.parametrize("text", ["gone.gguf", "./gone.gguf", "/gone.GGUF", "models/gone.gguf"])
def test_a_gguf_that_is_not_there_is_told(text: str, tmp_path: Path) -> None:
    message = refused(text, tmp_path)
    assert message.startswith(f"--model {text}: no such file (")
    assert message.endswith("give the path of a GGUF file, or one of the hub as owner/name/file.gguf.")


def test_of_a_folder_with_ggufs_alone_one_is_to_be_named(tmp_path: Path) -> None:
    (tmp_path / "downloads").mkdir()
    for name in ("b.gguf", "a.gguf"):
        (tmp_path / "downloads" / name).touch()
    assert f"holds no config.json, but GGUF files; name one of them, such as {tmp_path / 'downloads/a.gguf'}." in refused(
        "downloads", tmp_path
    )


def test_an_own_entry_may_be_a_gguf(tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf").touch()
    known = registry_with({"here": {"location": "tiny.gguf"}, "there": {"location": "owner/name/x.gguf", "revision": "abc"}}, tmp_path)
    assert (known["here"].location, known["here"].local, known["here"].gguf) == (str(tmp_path / "tiny.gguf"), True, True)
    assert (known["there"].location, known["there"].local, known["there"].gguf) == ("owner/name/x.gguf", False, True)


def test_a_gguf_is_loaded_in_no_quantisation_and_another_is_refused_where_it_was_chosen() -> None:
    gguf, folder = ModelEntry("tiny", "tiny.gguf", local=True, gguf=True), ModelEntry("folder", "folder", local=True)
    assert quantisations_for(folder, ["nf4", "int8"], chosen=True) == ["nf4", "int8"]
    assert list(quantisations_for(gguf, ["nf4"], chosen=False)) == list(quantisations_for(gguf, ["none"], chosen=True)) == ["none"]
    with pytest.raises(
        ModelError, match="tiny is a GGUF, which is quantised already, so --quant int8 cannot be applied; leave --quant out"
    ):
        quantisations_for(gguf, ["none", "int8"], chosen=True)


# Hub ids and servers


def test_a_hub_id_is_called_by_its_last_part(tmp_path: Path) -> None:
    assert entry_named("owner/Some-Model", REGISTRY, tmp_path) == ModelEntry("Some-Model", "owner/Some-Model")


@pytest.mark.parametrize("text", ["owner/", "/name", "a/b/c"])
def test_half_a_hub_id_is_refused(text: str, tmp_path: Path) -> None:
    assert "no such" in refused(text, tmp_path)


@pytest.mark.parametrize(
    ("text", "name", "location"),
    [
        ("http://host:8000/v1#name", "name", "http://host:8000/v1#name"),
        ("HTTP://host/v1#name", "name", "http://host/v1#name"),
        ("https://host/v1/#Qwen/Qwen2.5-7B-Instruct", "Qwen2.5-7B-Instruct", "https://host/v1#Qwen/Qwen2.5-7B-Instruct"),
        ("http://host/v1#qwen2.5:7b", "qwen2.5-7b", "http://host/v1#qwen2.5:7b"),
        ("http://host/v1#a/b c[1]/", "b-c-1", "http://host/v1#a/b c[1]"),
        ("http://host:8000/v1", "host-8000", "http://host:8000/v1"),
        ("http://[::1]:8000/v1#", "1-8000", "http://[::1]:8000/v1"),
    ],
)
def test_a_server_is_called_by_the_last_part_of_what_it_serves(text: str, name: str, location: str, tmp_path: Path) -> None:
    assert entry_named(text, REGISTRY, tmp_path) == ModelEntry(name, location, server=True)


def test_what_stands_before_the_host_is_kept_apart_and_not_shown(tmp_path: Path) -> None:
    entry = entry_named("https://user:p%40ss@host/v1#name", REGISTRY, tmp_path)
    assert (entry.location, entry.userinfo) == ("https://host/v1#name", "user:p@ss")
    assert "ss" not in repr(entry)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http:///v1#name", "--model http:///v1#name: it names no host; give the URL up to /v1 and the served model's name"),
        ("http://host:port/v1#name", "--model http://host:port/v1#name: it is no URL (Port could not be cast"),
        ("http://user:secret@host:99999/v1", "--model http://host:99999/v1: it is no URL (Port out of range"),
        ("http://user:secret@host/v1?a=b#name", "--model http://host/v1?a=b#name: a query (?...) cannot be sent with every request"),
    ],
)
def test_a_url_that_cannot_be_a_servers_is_refused_without_its_secrets(text: str, expected: str, tmp_path: Path) -> None:
    message = refused(text, tmp_path)
    assert message.startswith(expected)
    assert "secret" not in message


def test_an_own_entry_may_be_on_a_server(tmp_path: Path) -> None:
    own = {"judge": {"location": "http://host/v1#a/b", "system": "Be brief.", "key_env": "JUDGE_KEY", "max_new_tokens": 8, "prompt": "cot"}}
    assert registry_with(own, tmp_path)["judge"] == ModelEntry(
        "judge", "http://host/v1#a/b", system="Be brief.", max_new_tokens=8, prompt="cot", server=True, key_env="JUDGE_KEY"
    )


def test_a_server_cannot_be_given_what_it_was_started_with(tmp_path: Path) -> None:
    entry = entry_named("http://host/v1#name", REGISTRY, tmp_path)
    assert with_pixels(entry, None, None) == entry
    for refusal in (lambda: with_adapter(entry, tmp_path / "lora"), lambda: with_pixels(entry, 9, None)):
        with pytest.raises(ModelError, match="name is on a server"):
            refusal()


# A project's own entries


def test_an_own_entry_may_say_everything_about_a_hub_model(tmp_path: Path) -> None:
    own = {
        "tuned": {
            "location": "owner/tuned",
            "revision": "v2",
            "system": "Be brief.",
            "source": "synthetic",
            "max_new_tokens": 64,
            "trust_remote_code": True,
            "prompt": "boxed",
            "min_pixels": 3136,
            "max_pixels": 50176,
        }
    }
    entry = entry_named("tuned", registry_with(own, tmp_path), tmp_path)
    assert entry == ModelEntry(
        "tuned", "owner/tuned", "v2", "Be brief.", "synthetic", 64, True, prompt="boxed", min_pixels=3136, max_pixels=50176
    )


def test_an_own_folder_is_relative_to_the_project(tmp_path: Path) -> None:
    folder = folder_in(tmp_path, "checkpoints/tuned")
    registry = registry_with({"tuned": {"location": "checkpoints/tuned"}}, tmp_path)
    assert entry_named("tuned", registry, Path("/elsewhere")) == ModelEntry("tuned", str(folder), local=True)


def test_an_own_adapter_is_relative_to_the_project_wherever_its_base_is(tmp_path: Path) -> None:
    (tmp_path / "adapters" / "step-900").mkdir(parents=True)
    own = {"tuned": {"location": "owner/base", "adapter": "adapters/step-900"}}
    entry = entry_named("tuned", registry_with(own, tmp_path), Path("/elsewhere"))
    assert entry == ModelEntry("tuned", "owner/base", adapter=str(tmp_path / "adapters" / "step-900"))


def test_an_own_entry_replaces_a_registered_one_of_its_name(tmp_path: Path) -> None:
    registry = registry_with({"llama-2-7b-chat": {"location": "mirror/llama"}}, tmp_path)
    assert entry_named("llama-2-7b-chat", registry, tmp_path).location == "mirror/llama"


def test_an_own_name_is_offered_as_a_close_match(tmp_path: Path) -> None:
    assert "Did you mean our-tuned-model?" in refused("our-tunedmodel", tmp_path, {"our-tuned-model": {"location": "owner/tuned"}})


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({}, "needs location: a hub id, a folder, a GGUF file, or a server's URL."),
        (
            {"location": "owner/x", "quant": "nf4"},
            "has no setting 'quant'; it may have adapter, decoding, key_env, location, max_new_tokens, max_pixels, max_thinking_tokens, ",
        ),
        ({"location": "owner/x", "local": True}, "has no setting 'local'"),
        ({"location": "http://u:secret@host/v1", "userinfo": "u:secret"}, "has no setting 'userinfo'"),
        (
            {"location": "http://u:p@host/v1#m", "revision": "v2"},
            "location 'http://host/v1#m': revision cannot be set from here; it is the ",
        ),
        ({"location": "owner/x", "key_env": "KEY"}, "key_env is for servers; 'owner/x' is none"),
        ({"location": "owner/x", "trust_remote_code": "false"}, "trust_remote_code must be true or false, got 'false'."),
        ({"location": "owner/x", "tool_hint": "no"}, "tool_hint must be true or false, got 'no'."),
        ({"location": "owner/x", "max_new_tokens": "64"}, "max_new_tokens must be a whole number of at least 1, got '64'."),
        ({"location": "owner/x", "max_new_tokens": 0}, "max_new_tokens must be a whole number of at least 1, got 0."),
        ({"location": "owner/x", "max_new_tokens": True}, "max_new_tokens must be a whole number of at least 1, got True."),
        ({"location": "owner/x", "min_pixels": 0}, "min_pixels must be a whole number of at least 1, got 0."),
        ({"location": "owner/x", "max_pixels": 1e6}, "max_pixels must be a whole number of at least 1, got 1000000.0."),
        ({"location": "owner/x", "min_pixels": 9, "max_pixels": 8}, "min_pixels must be at most max_pixels, got 9 and 8."),
        ({"location": "owner/x", "revision": 3}, "revision must be text, got 3."),
        ({"location": "owner/x", "prompt": True}, "prompt must be text, got True."),
        ({"location": "owner/x", "adapter": ["a"]}, "adapter must be text, got ['a']."),
        ({"location": "owner/x", "adapter": "gone"}, "adapter 'gone': no such folder ("),
        ({"location": "./gone"}, "location './gone': no such folder"),
        ({"location": "gone"}, "location 'gone': no such folder"),
        ({"location": "gone.gguf"}, "location 'gone.gguf': no such file ("),
        ("owner/x", "must be a table with location, got 'owner/x'."),
    ],
)
def test_a_mistake_in_an_own_entry_names_the_entry_and_the_value(entry: Any, expected: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        registry_with({"mine": entry}, tmp_path)
    assert str(caught.value).startswith(f"[tool.itemwise.models.mine] {expected}")


# Limits of pixels


def test_limits_of_pixels_replace_those_of_the_entry_one_by_one() -> None:
    entry = ModelEntry("seeing", "owner/seeing", min_pixels=10, max_pixels=90)
    assert with_pixels(entry, None, 50) == ModelEntry("seeing", "owner/seeing", min_pixels=10, max_pixels=50)
    assert with_pixels(entry, 90, None) == ModelEntry("seeing", "owner/seeing", min_pixels=90, max_pixels=90)
    assert with_pixels(entry, None, None) == entry


@pytest.mark.parametrize(
    ("least", "most", "expected"),
    [
        (0, None, "seeing: min_pixels must be a whole number of at least 1, got 0."),
        (None, -5, "seeing: max_pixels must be a whole number of at least 1, got -5."),
        (91, None, "seeing: min_pixels must be at most max_pixels, got 91 and 90."),
        (7, 6, "seeing: min_pixels must be at most max_pixels, got 7 and 6."),
    ],
)
def test_limits_no_picture_can_keep_are_refused(least: int | None, most: int | None, expected: str) -> None:
    with pytest.raises(ModelError) as caught:
        with_pixels(ModelEntry("seeing", "owner/seeing", max_pixels=90), least, most)
    assert str(caught.value) == expected
