"""Which model is asked (`ModelEntry`) and how it is loaded (`LoadOptions`)."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["LoadOptions", "ModelEntry"]


@dataclass(frozen=True)
class ModelEntry:
    """Where a model is and how it wants to be asked.

    `name` stands in node ids and reports. `system` is the system prompt it is asked with; a case whose chat begins with a system turn
    of its own is asked with that alone. `location` is a hub id, a folder where `local`, or a URL with the model's name
    behind # where `server`. `source` is where rows come from by default; `max_new_tokens` the default token limit.
    `trust_remote_code` runs the model's own Python and is off unless a project's pyproject.toml turns it on for this very
    name. `adapter` is the folder of a LoRA that goes on top, as peft wrote it. `prompt` names the prompt this model is
    asked with where a benchmark has one so called. `min_pixels` and `max_pixels` are what a picture is scaled up or down
    to; None leaves it to the checkpoint. `key_env` is the environment variable that holds a server's key, OPENAI_API_KEY
    where it is None; `userinfo` is what stood before the host of its URL.
    """

    name: str
    location: str
    revision: str | None = None
    system: str | None = None
    source: str = "hub"
    max_new_tokens: int = 1024
    trust_remote_code: bool = False
    local: bool = False
    adapter: str | None = None
    prompt: str | None = None
    min_pixels: int | None = None
    max_pixels: int | None = None
    server: bool = False
    key_env: str | None = None
    userinfo: str = field(default="", repr=False)


@dataclass(frozen=True)
class LoadOptions:
    """How a model is loaded: its quantisation, the default token limit of a reply, and this process's place among the
    `world_size` processes of the machine that load it, each of which takes a GPU of its own, or its part of the CPU's threads
    and memory."""

    quantisation: str
    max_new_tokens: int
    rank: int = 0
    world_size: int = 1
