"""The list of models that a server offers (``GET /models``), and the one of them that is meant."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from itemwise.models.model import ModelEntry, ModelError
from itemwise.models.server.address import read_address
from itemwise.models.server.client import ClientThread, RedirectError, TooLargeError, client_library, new_client, shown, url_of
from itemwise.models.server.response import error_text, names_text, no_server, refused

if TYPE_CHECKING:
    from openai import AsyncOpenAI

__all__ = ["list_models", "owner_of", "served_name"]

LIST_TIMEOUT = 30.0  # seconds from the request to the last byte
_WITHOUT_LIST = (404, 405, 429, 501)  # statuses of servers that answer, but list nothing


def list_models(entry: ModelEntry) -> list[dict[str, Any]]:
    """The server's models, each with its ``id``; empty where it has no such list. Raises ModelError where it does not answer."""
    openai = client_library(entry)
    try:
        with closing(ClientThread(new_client(entry))) as thread:
            read_address(entry.location).host.encode("idna")  # which a resolver may take for another name
            content = thread.send(_list(thread.client)).result()
    except openai.APIStatusError as error:
        if error.status_code in _WITHOUT_LIST:
            return []
        raise ModelError(refused(entry, shown(entry, error_text(error)))) from None
    except (openai.APIConnectionError, asyncio.TimeoutError, TooLargeError, RedirectError) as error:
        raise ModelError(no_server(entry, error)) from None
    except ModelError:
        raise
    except Exception as error:  # a traceback through the client would show its arguments, and the key is one
        raise ModelError(f"{entry.name}: {url_of(entry)} cannot be asked ({shown(entry, f'{type(error).__name__}: {error}')}).") from None
    return _parse_list(content)


async def _list(client: AsyncOpenAI) -> bytes:
    raw = await asyncio.wait_for(client.models.with_raw_response.list(), LIST_TIMEOUT)
    return raw.http_response.content


def _parse_list(content: bytes) -> list[dict[str, Any]]:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):  # a web page, perhaps of a gateway
        return []
    models = body.get("data") if isinstance(body, dict) else None
    models = models if isinstance(models, list) else []
    return [model for model in models if isinstance(model, dict) and isinstance(model.get("id"), str)]


def served_name(entry: ModelEntry, listed: Sequence[Mapping[str, Any]]) -> str:
    """The name by which the server knows the model: the URL's, or that of the only one listed. Raises ModelError.

    A folder's path, which a server may list whole (``/models/qwen``), has lost its outer slashes in the URL's name.
    """
    if name := read_address(entry.location).model:
        ids = [str(model["id"]) for model in listed]
        return name if name in ids else next((listed_id for listed_id in ids if listed_id.strip("/ ") == name), name)
    if len(listed) == 1:
        return str(listed[0]["id"])
    names, url = names_text(entry, listed) or "none", url_of(entry)
    raise ModelError(f"{url} lists {len(listed)} models ({names}), so one must be named: --model {url}#NAME.")


def owner_of(listed: Sequence[Mapping[str, Any]]) -> str:
    """The ``owned_by`` of all models in the list, in which servers of models name themselves; empty where they differ."""
    owners = {str(model.get("owned_by", "")) for model in listed}
    return owners.pop() if len(owners) == 1 else ""
