"""What llama.cpp's server and vLLM tell of themselves beside their list of models: version, weights, context, slots, chat template."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

from itemwise.models.model import ModelEntry
from itemwise.models.server.client import ClientThread, new_client, shown, url_of

if TYPE_CHECKING:
    from openai import AsyncOpenAI

__all__ = ["server_details"]

DETAILS_TIMEOUT = 10.0  # seconds from the request to the last byte
_HASH = 16  # characters of the chat template's sha256


def server_details(entry: ModelEntry, owned_by: str) -> dict[str, str]:
    """What the server says of itself, for a model's description; `owned_by` is its word in the list of models.

    Empty for servers that are not known here, and for one that does not say: none of it is needed to ask.
    """
    match owned_by:
        case "llamacpp":
            return _printable(entry, _llama_cpp(_get(entry, "/props")))
        case "vllm":
            return _printable(entry, _vllm(_get(entry, "/version")))
    return {}


def _llama_cpp(properties: Mapping[str, Any]) -> dict[str, str]:
    settings, template = properties.get("default_generation_settings"), properties.get("chat_template")
    context = settings.get("n_ctx") if isinstance(settings, dict) else None
    kind = f" ({properties['model_ftype']})" if properties.get("model_ftype") else ""
    return {
        "weights": f"{properties['model_path']}{kind}" if properties.get("model_path") else "",
        "context of a slot": f"{context} tokens" if context else "",
        "slots": str(properties.get("total_slots") or ""),
        "chat template": hashlib.sha256(template.encode("utf-8", "replace")).hexdigest()[:_HASH] if isinstance(template, str) else "",
        "versions": f"llama.cpp {properties['build_info']}" if properties.get("build_info") else "",
    }


def _vllm(version: Mapping[str, Any]) -> dict[str, str]:
    return {"versions": f"vllm {version['version']}" if version.get("version") else ""}


def _printable(entry: ModelEntry, details: Mapping[str, str]) -> dict[str, str]:
    return {name: shown(entry, value) for name, value in details.items() if value}


def _get(entry: ModelEntry, path: str) -> Mapping[str, Any]:
    """The object at `path` of the server, which is beside its ``/v1``; empty where it has none."""
    try:
        with closing(ClientThread(new_client(entry))) as thread:
            body = thread.send(_body(thread.client, url_of(entry).removesuffix("/v1") + path)).result()
    except Exception:  # whatever fails, the model can be asked all the same; a traceback through the client would show the key
        return {}
    return body if isinstance(body, dict) else {}


async def _body(client: AsyncOpenAI, url: str) -> object:
    return await asyncio.wait_for(client.get(url, cast_to=object), DETAILS_TIMEOUT)
