"""A prompt with the continuations that are to be scored behind it, as token ids split at one place for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from itemwise.models.local.encoded_prompt import Prompt
from itemwise.models.local.prefix_cache import common_length
from itemwise.models.local.prompting import Prompting
from itemwise.models.model import ContextFullError, ModelError, Request

__all__ = ["ScoredPrompt", "scored_prompt"]


@dataclass(frozen=True)
class ScoredPrompt:
    """The `prompt`, the token ids of each of the `continuations`, and how many of them are `merged`: the tokenizer makes one token of
    their beginning and the prompt's end. Then the prompt ends before that token, for all of them alike."""

    prompt: Prompt
    continuations: Sequence[Sequence[int]]
    merged: int

    def whole(self, index: int) -> Prompt:
        """Prompt and continuation of that index in one, as the model reads them."""
        ids = [*self.prompt.ids, *self.continuations[index]]
        types = {name: [*of, *[0] * len(self.continuations[index])] for name, of in self.prompt.token_type_ids.items()}
        return replace(self.prompt, ids=ids, token_type_ids=types)


def scored_prompt(prompting: Prompting, request: Request) -> ScoredPrompt:
    """The prompt of `request` with its continuations. Each is encoded together with the prompt, and begins where their tokens part.

    Raises as `Prompting.encode` does, ModelError where a thought would come before the reply or a continuation has no token of its own, and
    ContextFullError where the longest does not fit.
    """
    prompt = prompting.encode(request)
    prompting.require_no_thought(request, prompt)
    before = prompting.tokens(prompt.text, special=prompt.special)
    whole = [prompting.tokens(prompt.text + text, special=prompt.special) for text in request.continuations]
    common = [common_length(before, ids) for ids in whole]
    shared = min(common)
    if empty := next((text for text, ids in zip(request.continuations, whole, strict=True) if len(ids) == shared), None):
        raise ModelError(f"the continuation {empty!r} has no token of its own behind this prompt, so that nothing of it can be scored.")
    if not shared:
        raise ModelError(f"no token of the prompt is left before {request.continuations[0]!r}; give it a prompt that does not run into it.")
    cut = _without_end(prompt, len(before) - shared)
    longest = len(cut.ids) + max(map(len, whole)) - shared
    if longest > prompting.context_length:
        raise ContextFullError(
            f"the prompt with its longest continuation has {longest} tokens, the context holds {prompting.context_length}; shorten it."
        )
    return ScoredPrompt(cut, [ids[shared:] for ids in whole], sum(length < len(before) for length in common))


def _without_end(prompt: Prompt, tokens: int) -> Prompt:
    """The prompt without its last `tokens`."""
    if not tokens:
        return prompt
    types = {name: of[:-tokens] for name, of in prompt.token_type_ids.items()}
    return replace(prompt, ids=prompt.ids[:-tokens], token_type_ids=types)
