"""Prompts and replies of a local model: a chat to token ids by its chat template, and output ids back to text."""

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from itemwise.cases.chat import Turn
from itemwise.extractors.reply_marks import is_part_mark
from itemwise.extractors.reply_parts import has_thought, thought_spans
from itemwise.models.call_dialects import read_calls
from itemwise.models.checkpoint import CLOCK
from itemwise.models.local.chat_template import ChatTemplate, TemplateError
from itemwise.models.local.encoded_prompt import Prompt
from itemwise.models.local.loaded_checkpoint import LoadedCheckpoint
from itemwise.models.local.own_sampling import entry_sampling
from itemwise.models.local.thinking_budget import MAX_CLOSING, ThinkingBudget, Thought
from itemwise.models.local.thinking_switch import opened_thought
from itemwise.models.local.turn_end import Ends, ends_of
from itemwise.models.local.vision import is_multimodal, with_pictures
from itemwise.models.model import ContextFullError, Generation, ModelError, Request, one_line
from itemwise.models.tool_calls import messages_for_template, split_calls, with_system

__all__ = ["Prompting"]


class Prompting:
    """Chat template, pictures, tool calls and ends of turns of one checkpoint; nothing here runs the model.

    Raises ModelError if no chat at all could be encoded: every case would fail alike.
    `template` is None for a completion model. `pad` fills batches; it is masked, but has an embedding.
    """

    def __init__(self, checkpoint: LoadedCheckpoint, max_new_tokens: int) -> None:
        model, tokenizer, vision = checkpoint.model, checkpoint.tokenizer, checkpoint.vision
        self.max_new_tokens = max_new_tokens
        self.tokenizer = tokenizer
        self.template = vision.template if vision else None
        if not vision and (text := getattr(tokenizer, "chat_template", None)):
            self.template = ChatTemplate(checkpoint.entry.name, text, tokenizer.special_tokens_map, checkpoint.entry.thinking)
        if self.template is None and checkpoint.entry.thinking != "template":
            raise ModelError(
                f"{checkpoint.entry.name} has no chat template, so that it cannot be told to have thinking {checkpoint.entry.thinking}; "
                "leave thinking at template, or give it the chat template of the model it was made from."
            )
        self.sampling = entry_sampling(checkpoint.entry, model.generation_config)
        budget = checkpoint.entry.max_thinking_tokens
        self.budget = ThinkingBudget(budget, tokenizer) if budget else None
        self.ends = ends_of(_end_tokens(model, tokenizer), tokenizer, self.template)
        self._special_tokens = _special_tokens(tokenizer)
        self._part_marks = frozenset(token for token, text in self._special_tokens.items() if is_part_mark(text))
        self.context_length = int(getattr(model.config.get_text_config(), "max_position_embeddings", None) or 2**20)
        self._checkpoint = checkpoint
        self._name = checkpoint.entry.name
        self._vision = vision
        self._embeddings: int = model.get_input_embeddings().weight.shape[0]
        self.pad = _pad_token(tokenizer, self.ends, self._embeddings)
        self.first_prompt: list[int] = [self.pad]  # one that fits, to try the model with
        with suppress(ContextFullError):  # a case may be shorter
            self.first_prompt = self.encode(Request((Turn("user", "1 + 1 = 2"),))).ids

    def describe(self) -> str:
        """The chat template by its hash, and where its clock stands."""
        if self.template is None:
            return "completion (no chat template)"
        digest = hashlib.sha256(str(self.tokenizer.chat_template).encode()).hexdigest()
        clock = f", its clock at {CLOCK:%Y-%m-%d}" if self.template.uses_clock else ""
        return f"chat template {digest[:12]}{clock}"

    def thinking_text(self) -> str:
        """Whether a reply begins with a thought, as words; empty where nothing tells."""
        return self.template.thinking_text() if self.template else ""

    def stops(self) -> str:
        """What ends a reply, as text: tokens and words, those that only the template shows too."""
        tokens = [str(self.tokenizer.decode([token])) for token in sorted(self.ends.tokens)]
        return ", ".join([*tokens, *map(repr, self.ends.texts)]) or "the token limit alone"

    def encode(self, request: Request) -> Prompt:
        """The chat as the model takes it.

        Raises ModelError if the model cannot be given it (ContextFullError for its length), PictureError for a picture at fault.
        """
        if self._vision is None and any(turn.pictures for turn in request.turns):
            raise ModelError(self._no_vision())
        encode = self._vision.prompt if self._vision else self._templated
        if request.turns[0].role == "text":
            prompt = self._continued(request)
        else:
            prompt = self._chat(request, encode) if self.template else self._completion(request)
        if (length := len(prompt.ids)) >= self.context_length:
            raise ContextFullError(f"the prompt has {length} tokens, the context of {self._name} holds {self.context_length}; shorten it.")
        if (largest := max(prompt.ids, default=0)) >= self._embeddings:
            text = one_line(str(self.tokenizer.decode([largest])))
            raise ModelError(
                f"{self._name} has an embedding of {self._embeddings} tokens, which token {largest} ({text}) of the prompt is beyond; "
                "take the tokenizer that belongs to these weights."
            )
        return prompt

    def require_no_thought(self, request: Request, prompt: Prompt) -> None:
        """Refuse to score what would stand in the place of a thought."""
        is_chat = self.template is not None and request.turns[0].role != "text"
        if prompt.opened or (is_chat and self.template is not None and self.template.thinks()):
            raise ModelError(
                f"{self._name} thinks before it answers, so that what is scored would stand where its thought is; take --thinking off."
            )

    def max_tokens(self, request: Request, prompt_tokens: int) -> int:
        """The most tokens that the reply to a request can have whose prompt has that length, a thought with a budget included."""
        beside = self.budget.tokens + MAX_CLOSING if self.budget else 0
        return min(request.token_limit(self.max_new_tokens) + beside, self.context_length - prompt_tokens)

    def limit(self, request: Request, prompt: Prompt, thought: Thought | None) -> int:
        """The token limit of a reply whose `thought` has come so far; None where thoughts have no budget, and count like all else."""
        answer = request.token_limit(self.max_new_tokens)
        return min(thought.limit(answer) if thought else answer, self.context_length - len(prompt.ids))

    def thought(self, prompt: Prompt) -> Thought | None:
        """The thought of a reply that is about to begin; None where thoughts have no budget."""
        return self.budget.follow(prompt.opened) if self.budget else None

    def ends_of(self, request: Request) -> Ends:
        """What ends the reply to `request`: its stop texts too."""
        return self.ends.with_stop(request.stop)

    def generation(self, request: Request, prompt: Prompt, output_ids: list[int], invalid_at: int | None) -> Generation | Exception:
        """What became of `request`; `invalid_at` is the index of the first output token whose logits were NaN or infinite, if any.

        Tokens beyond the limit or the end of the reply count for nothing, and a fault there neither. A fault before is a ModelError.
        The text begins with the mark of the thought that the prompt opened, if any: else a thought that is cut off would read as speech.
        """
        ends = self.ends_of(request)
        end = ends.index(output_ids)
        thought = self.budget.read(prompt.opened, output_ids if end is None else output_ids[: end + 1]) if self.budget else None
        ids = output_ids[: self.limit(request, prompt, thought)]
        if invalid_at is not None and invalid_at < len(ids) and ends.index(ids[:invalid_at]) is None:
            return ModelError(
                f"the logits of {self._name} are no numbers (NaN or infinite) at token {invalid_at + 1} of the reply: its weights are "
                f"damaged, or too large for {self._checkpoint.dtype}. Check the checkpoint, or try --quant none."
            )
        end = end if end is not None and end < len(ids) else None
        # the last token stays where the end is written in its text
        text = self._text(request, prompt, ids if end is None else ids[:end] if ids[end] in ends.tokens else ids[: end + 1])
        before = ends.cut(text)
        return Generation(
            text=prompt.opened + before,
            finish_reason="length" if end is None and before == text else "stop",
            prompt_tokens=len(prompt.ids),
            completion_tokens=len(ids) if end is None else end + 1,
            thinking_tokens=self._thinking_tokens(prompt, ids if end is None else ids[:end]),
            thinking_cut=thought is not None and thought.is_cut,
        )

    def _thinking_tokens(self, prompt: Prompt, ids: list[int]) -> int:
        """How many tokens of a reply are of its thoughts, their marks included; none where nothing is between them."""

        def length(count: int) -> int:
            return len(prompt.opened) + len(self.tokenizer.decode(ids[:count]))

        text = prompt.opened + str(self.tokenizer.decode(ids))
        thoughts = thought_spans(text) if has_thought(text) else []
        bounds = [bisect_left(range(len(ids) + 1), place, key=length) for span in thoughts for place in span]
        return sum(end - start for start, end in zip(bounds[::2], bounds[1::2], strict=True))

    def _text(self, request: Request, prompt: Prompt, ids: list[int]) -> str:
        """The decoded reply. Of the special tokens it keeps those that part thoughts, calls and results from what is said."""
        if request.tools:
            with_special_tokens = str(self.tokenizer.decode(ids))
            if read_calls(prompt.opened + with_special_tokens, request.tools)[1]:
                return with_special_tokens
        if self._part_marks.isdisjoint(ids):
            return str(self.tokenizer.decode(ids, skip_special_tokens=True))
        return str(self.tokenizer.decode([token for token in ids if token in self._part_marks or token not in self._special_tokens]))

    def _messages(self, request: Request) -> list[dict[str, Any]]:
        messages = with_pictures(messages_for_template(request.turns, request.tools), request.turns)
        return with_system(messages, self._checkpoint.entry.system)

    def _continued(self, request: Request) -> Prompt:
        """A plain text as it stands, with what the tokenizer puts before a text, unless it begins with that itself."""
        self._require_tools(request, "a plain text has no place for tools")
        if (thinking := self._checkpoint.entry.thinking) != "template":
            raise ModelError(f"{self._name} cannot be told to have thinking {thinking} in a plain text; take --prompt-form turns.")
        (text,) = (turn.content for turn in request.turns)
        begins = bool(self.tokenizer.bos_token) and text.startswith(self.tokenizer.bos_token)
        return self._encoded(text, special=not begins)

    def _completion(self, request: Request) -> Prompt:
        self._require_tools(request, "it has no chat template")
        if any(turn.calls for turn in request.turns):
            raise ModelError(
                f"{self._name} has no chat template, so that it cannot be shown calls of a tool; take another form of the chat."
            )
        return self._encoded("\n\n".join(message["content"] for message in self._messages(request)) + "\n", special=True)

    def _chat(self, request: Request, encode: Callable[[list[dict[str, Any]], Request], Prompt]) -> Prompt:
        """The chat by its template, which must show every turn and tool of a chat of this shape."""
        assert self.template is not None
        if not self.template.knows_tools():
            self._require_tools(request, "its chat template has no place for tools")
        messages = self._messages(request)
        try:
            self.template.require_shown(messages, request.tools)
            return encode(messages, request)
        except TemplateError:
            messages_of_one_call = split_calls(messages)  # some templates take one call a turn
        try:
            self.template.require_shown(messages_of_one_call, request.tools)
            return encode(messages_of_one_call, request)
        except TemplateError as error:
            raise ModelError(_refusal(self._name, [message["role"] for message in messages], error)) from None

    def _templated(self, messages: list[dict[str, Any]], request: Request) -> Prompt:
        assert self.template is not None
        text = self.template.prompt(messages, request.tools)
        return self._encoded(text, special=False, opened=opened_thought(text))

    def _encoded(self, text: str, *, special: bool, opened: str = "") -> Prompt:
        return Prompt(self.tokens(text, special=special), opened=opened, text=text, special=special)

    def tokens(self, text: str, *, special: bool) -> list[int]:
        """The token ids of a text, with what the tokenizer puts before a text where `special`."""
        return list(self.tokenizer(text, add_special_tokens=special)["input_ids"])

    def text_tokens(self, request: Request) -> tuple[list[int], int]:
        """The tokens of a text that is scored itself, without what the tokenizer puts before a text, and the token that it is read behind:
        its beginning of text, where it has none its end of text. Raises ModelError where it has neither, or the text has no token."""
        tokens = self.tokens(request.turns[0].content, special=False)
        ids = (self.tokenizer.bos_token_id, self.tokenizer.eos_token_id)
        first = next((token for token in ids if token is not None), None)
        if not tokens or first is None:
            what = "has no token before a text" if tokens else f"makes no token of the text {one_line(request.turns[0].content)!r}"
            raise ModelError(f"the tokenizer of {self._name} {what}, so that nothing of it can be scored.")
        return tokens, first

    def _require_tools(self, request: Request, why: str) -> None:
        """Refuse to offer tools that would not reach the model: its score would be one without them."""
        if request.tools:
            raise ModelError(f"{self._name} cannot be offered a tool: {why}; take --strategy tool:offer=prompt, or another.")

    def _no_vision(self) -> str:
        if not is_multimodal(self._checkpoint.model.config):
            return f"{self._name} sees no pictures; take a vision-language model such as --model qwen2-vl-7b-instruct."
        return (
            f"{self._name} cannot be shown pictures: {self._checkpoint.entry.location} has no chat template; "
            "add that of the model it was made from."
        )


def _refusal(name: str, roles: Sequence[str], error: TemplateError) -> str:
    what, advice = {
        ("user",): ("a question", "mend chat_template.jinja"),
        ("system", "user"): (
            "a system prompt",
            "leave system out of its entry or the benchmark's chat, or put its words into the prompt",
        ),
    }.get(tuple(roles), (f"turns of {', '.join(roles)}", "take another --strategy, or another form of the benchmark's chat"))
    return f"the chat template of {name} refuses {what} ({error}); {advice}."


def _special_tokens(tokenizer: Any) -> dict[int, str]:
    """The tokens that decoding may leave out, with their text."""
    added = {int(token): str(text) for token, text in tokenizer.added_tokens_decoder.items() if text.special}
    return {**dict(zip(tokenizer.all_special_ids, tokenizer.all_special_tokens, strict=True)), **added}


def _pad_token(tokenizer: Any, ends: Ends, embeddings: int) -> int:
    pad = tokenizer.pad_token_id
    return int(pad) if pad is not None and pad < embeddings else min(ends.tokens, default=0)


def _end_tokens(model: Any, tokenizer: Any) -> set[int]:
    declared = model.generation_config.eos_token_id
    ends = [token for token in (declared if isinstance(declared, list) else [declared]) if token is not None]
    if wrong := [token for token in ends if type(token) is not int]:
        raise ModelError(
            f"generation_config.json has the eos_token_id {one_line(repr(wrong[0]))}, which is no token's number; "
            "give it as a whole number, or several as a list."
        )
    return {token for token in (*ends, tokenizer.eos_token_id) if token is not None}
