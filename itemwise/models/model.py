"""The interface between engine and models: which model, requests, generations, batches, and the errors of a model."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, runtime_checkable

from itemwise.cases.chat import ToolCall, Turn
from itemwise.cases.surrogates import half_character

__all__ = [
    "COMPUTE_TYPES",
    "QUANTISATIONS",
    "ContextFullError",
    "ContinuousModel",
    "Generation",
    "LoadOptions",
    "Model",
    "ModelEntry",
    "ModelError",
    "ModelUnavailableError",
    "OutOfMemoryError",
    "Request",
    "RunningBatch",
    "ScoringModel",
    "one_line",
    "score",
    "under_each",
]

PLANNED = 64  # chats at once, while it is not known how many the model can continue
QUANTISATIONS = ("nf4", "fp4", "int8", "none")
COMPUTE_TYPES = ("auto", "float32", "bfloat16")
MAX_SHOWN = 300  # characters of a text from outside, in an error


class ModelError(Exception):
    """A model cannot be had or used; the message says what was wrong and what to do instead."""


class ModelUnavailableError(ModelError):
    """The model cannot be loaded at all, so no case can be asked and none is at fault."""


class ContextFullError(ModelError):
    """The turns so far leave no room for a reply within the model's context."""


class OutOfMemoryError(Exception):
    """The batch was too large for the device; a smaller one may fit."""


def one_line(text: str) -> str:
    """A text from a checkpoint's files or a library, fit for an error: on one line, printable, cut to MAX_SHOWN characters."""
    words = " ".join(text.split())
    printed = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in words[: MAX_SHOWN + 1])
    return printed if len(printed) <= MAX_SHOWN else f"{printed[:MAX_SHOWN]}..."


@dataclass(frozen=True)
class ModelEntry:
    """Location of a model and how it is prompted.

    `name` stands in node ids and reports. `system` is the system prompt it is asked with; a case whose chat begins with a system turn
    of its own is asked with that alone. `location` is a hub id, a folder where `local`, or a URL with the model's name
    behind # where `server`; where `gguf` it is a GGUF file, of the hub ``owner/name/file.gguf``. `source` is where rows come from by
    default; `max_new_tokens` the default token limit.
    `trust_remote_code` runs the model's own Python and is off unless a project's pyproject.toml turns it on for this very
    name. `adapter` is the folder of a LoRA that goes on top, as peft wrote it. `prompt` names the prompt this model is
    asked with where a benchmark has one so called. `min_pixels` and `max_pixels` are what a picture is scaled up or down
    to; None leaves it to the checkpoint. `quantisation` is what a local one is loaded in, `compute` the type it computes
    in: ``auto`` is float32 on a CPU, bfloat16 on a GPU that has it, else float16. `key_env` is the environment variable that
    holds a server's key, OPENAI_API_KEY where it is None; `userinfo` is what stood before the host of its URL. `tool_hint` False leaves
    out the sentence by which the strategy `tool` says when to call, and describes the calculator with an example: for a model that was
    trained on that. `thinking` is what the chat template is told: ``on``, ``off``, or ``template`` for nothing, so that it decides itself;
    `max_thinking_tokens` are the most of a thought with which a reply begins, beside those of `max_new_tokens`, and None is no budget.
    `decoding` is how a request without a temperature is decoded: ``greedy``, ``greedy-penalised`` behind the repetition penalty of the
    model's own configuration, ``model`` as that samples, or ``temperature=0.7``, with ``,top_p=0.95`` behind it where that is wanted.
    Where `replies`, nothing is asked: the replies were made elsewhere, and `location` is the file that holds them.
    """

    name: str
    location: str
    revision: str | None = None
    system: str | None = None
    source: str = "hub"
    max_new_tokens: int = 1024
    trust_remote_code: bool = False
    local: bool = False
    gguf: bool = False
    adapter: str | None = None
    prompt: str | None = None
    min_pixels: int | None = None
    max_pixels: int | None = None
    server: bool = False
    key_env: str | None = None
    tool_hint: bool = True
    quantisation: str = "nf4"
    thinking: str = "template"
    max_thinking_tokens: int | None = None
    decoding: str = "greedy"
    compute: str = "auto"
    replies: bool = False
    userinfo: str = field(default="", repr=False)

    @property
    def is_loaded_here(self) -> bool:
        """Whether this machine computes its replies: they come neither from a server nor from a file."""
        return not (self.server or self.replies)


def under_each(entry: ModelEntry, setting: str, values: Sequence[Any], ending: str = "{}") -> list[ModelEntry]:
    """`entry` with each of `values` for `setting`; of several, with each in its name: ``qwen2.5-7b-instruct+int8``, behind the + what
    `ending` makes of it. Without `values` it keeps its own."""
    names = [f"{entry.name}+{ending.format(value)}" if len(values) > 1 else entry.name for value in values]
    return [replace(entry, **{"name": name, setting: value}) for name, value in zip(names, values, strict=True)] or [entry]


@dataclass(frozen=True)
class LoadOptions:
    """How a model is loaded: its quantisation and compute type, the default token limit of a reply, and this process's place among the
    `world_size` processes of the machine that load it, each of which takes a GPU of its own, or its part of the CPU's threads
    and memory."""

    quantisation: str
    max_new_tokens: int
    rank: int = 0
    world_size: int = 1
    compute: str = "auto"


@dataclass(frozen=True)
class Request:
    """One chat to continue: the turns so far and the tools the model may call, as chat templates take them.

    At `temperature` 0 the model says the likeliest, or what its entry's `decoding` gives; above it samples. Where it samples, `seed` with
    the turns decides what it says; at `temperature` 0 it is that of a repeat. `top_p` then leaves only
    the likeliest tokens whose probabilities add up to it; None is the model's own, 1 for a local one. The first of the `stop` texts
    ends the reply, which holds what is before it. `max_new_tokens` lowers the run's limit and never raises it.
    Where there are `continuations` nothing is generated: the model tells how likely each of them is as its reply. Nor is it with a
    `window` above 0: the model tells how likely the one text turn itself is, read in disjoint windows of so many tokens.

    Raises ValueError, naming the setting and its value, for one that cannot be kept.
    """

    turns: tuple[Turn, ...]
    tools: tuple[Mapping[str, Any], ...] = ()
    temperature: float = 0.0
    seed: int = 0
    stop: tuple[str, ...] = ()
    top_p: float | None = None
    max_new_tokens: int | None = None
    continuations: tuple[str, ...] = ()
    window: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be kept, or could be kept in two ways, so that the store would know it under two keys."""
        if not (_is_number(self.temperature) and 0 <= self.temperature < float("inf")):
            raise ValueError(f"temperature must be at least 0 and finite, got {self.temperature!r}.")
        if type(self.seed) is not int:
            raise ValueError(f"seed must be a whole number, got {self.seed!r}.")
        if self.top_p is not None and not (_is_number(self.top_p) and 0 < self.top_p <= 1):
            raise ValueError(f"top_p must be above 0 and at most 1, got {self.top_p!r}.")
        if self.max_new_tokens is not None and (type(self.max_new_tokens) is not int or self.max_new_tokens < 1):
            raise ValueError(f"max_new_tokens must be a whole number of at least 1, got {self.max_new_tokens!r}.")
        for name, texts in (("stop", self.stop), ("continuations", self.continuations)):
            if not all(isinstance(text, str) and text and half_character(text) is None for text in texts):
                raise ValueError(f"{name} must be texts that are not empty, got {texts!r}.")
        if wrong := [tool for tool in self.tools if not isinstance(tool, Mapping)]:
            raise ValueError(f"tools must be descriptions of functions as chat templates take them, got {wrong[0]!r}.")
        if self.is_scored and (len(self.settings()) > 1 or self.tools):
            raise ValueError("continuations are scored and nothing is generated: ask for them without tools and settings of a reply.")
        if type(self.window) is not int or self.window < 0 or (self.window and [turn.role for turn in self.turns] != ["text"]):
            raise ValueError(f"window must be a whole number of tokens, over one turn whose role is text, got {self.window!r}.")

    @property
    def is_scored(self) -> bool:
        """Whether nothing is generated, and what is given is scored."""
        return bool(self.continuations or self.window)

    def settings(self) -> dict[str, Any]:
        """How to generate, as plain data, without what is left to the model: empty for a greedy request that says no more."""
        given = {"stop": list(self.stop) or None, "top_p": self.top_p, "max_new_tokens": self.max_new_tokens}
        given |= {"continuations": list(self.continuations) or None, "window": self.window or None}
        sampling = {"temperature": self.temperature, "seed": self.seed} if self.temperature else {"seed": self.seed} if self.seed else {}
        return sampling | {name: value for name, value in given.items() if value is not None}

    def record(self) -> dict[str, Any]:
        """All that decides the text, as plain data; the store's key is made of it. Raises PictureError where a picture cannot be read."""
        turns, tools = [turn.message() for turn in self.turns], [dict(tool) for tool in self.tools]
        return {"turns": turns, "tools": tools, **self.settings()}

    def token_limit(self, most: int) -> int:
        """The most tokens of the reply, where the run allows `most`."""
        return most if self.max_new_tokens is None else min(most, self.max_new_tokens)

    def before_stop(self, text: str) -> str | None:
        """What is before the first of the stop texts in `text`; None where none is in it."""
        found = [index for index in map(text.find, self.stop) if index >= 0]
        return text[: min(found)] if found else None


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


@dataclass(frozen=True)
class Generation:
    """The model's continuation of one chat. `finish_reason` is ``stop`` or ``length``; counts are tokens of this chat alone.

    Where the request has tools, `text` is all the model wrote, calls and the special tokens that mark them included; `calls`
    are those that the model parsed itself (a server), and None where they are to be read in the text.

    What a server separates from the text is kept and never read as the answer: `reasoning`, `refusal`, and in
    `native_finish_reason` the server's own finish reason where it is none of the usual.
    """

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    calls: tuple[ToolCall, ...] | None = None
    reasoning: str = ""
    refusal: str = ""
    native_finish_reason: str = field(default="", compare=False)
    thinking_tokens: int = 0  # of the completion tokens; 0 too where a server does not count them
    thinking_cut: bool = False  # by the budget
    logprobs: tuple[float, ...] = ()  # natural, of each of the request's continuations as a whole, or of its text
    outside: int = 0  # of these: not among the likeliest tokens, so that its logprob is only the most that it may have
    merged: int = 0  # of these: their beginning and the prompt's end are one token, so that the prompt was split before it


class Model(Protocol):
    """A loaded model: continues chats in batches."""

    name: str

    def describe(self) -> dict[str, str]:
        """What exactly answers: revision or weights hash, quantisation, dtype, device, generation settings."""

    def generate(self, requests: Sequence[Request]) -> Sequence[Generation | Exception]:
        """One generation per request, in order. Raises OutOfMemoryError where a smaller batch may fit.

        What fails the batch is raised, and its requests are asked again in smaller ones; what fails a request that was
        asked by itself stands in its place.
        """


@runtime_checkable
class ScoringModel(Model, Protocol):
    """A model that also tells how likely given continuations are."""

    def score(self, requests: Sequence[Request]) -> Sequence[Generation | Exception]:
        """One generation per request, without text, with the `logprobs` of its continuations, or that of its text with the number of its
        tokens as those of the prompt. Raises as `generate` does."""


def score(model: Model, requests: Sequence[Request]) -> Sequence[Generation | Exception]:
    """What `model` scores. Raises ModelError where it can score nothing."""
    if not isinstance(model, ScoringModel):
        raise ModelError(f"{model.name} cannot tell how likely given continuations are; take another --strategy.")
    return model.score(requests)


class RunningBatch(Protocol):
    """A continuous batch: sequences are admitted and finish while others go on. What stands for a sequence is the model's own."""

    eager: bool  # whether admitting keeps no other waiting, so that each is admitted as soon as there is capacity for one

    def prepare(self, request: Request) -> Hashable:
        """The sequence of `request`, to be admitted. Raises what is wrong with this request, such as ContextFullError."""

    @property
    def most_at_once(self) -> int:
        """The batch size where nobody gives one; a larger one would be no faster."""

    def capacity(self, sequences: Sequence[Any]) -> int:
        """How many of `sequences`, the first ones first, the device has memory for now; at least one while none runs."""

    def admit(self, sequences: Sequence[Any]) -> None:
        """Prefill `sequences` and add them. If it raises, none was added; after OutOfMemoryError only `clear` may follow."""

    def decode(self, most: int) -> Sequence[tuple[Hashable, Generation | Exception]]:
        """Decode up to `most` steps, stopping early when a sequence finishes; finished sequences are removed and returned, one that
        failed alone with its error. Raises as `admit` does."""

    def clear(self) -> None:
        """Drop all sequences; one admitted again resumes from the tokens it already has."""


@runtime_checkable
class ContinuousModel(Model, Protocol):
    """A model that may also continue chats that join and leave."""

    def running(self) -> RunningBatch | None:
        """Its one running batch; None where this model is asked in whole batches only."""
