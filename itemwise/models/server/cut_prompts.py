"""Prompts that a server cuts to its context without a word, as Ollama does: long ones of any length have the same count of tokens."""

__all__ = ["CutPrompts"]

_LEAST = 1000  # tokens; shorter contexts are none that prompts are cut to
_ALIKE = 3  # prompts of different lengths
_SPREAD = 1.05  # of the longest prompt's characters to the shortest's; prompts of as many tokens by chance differ by less


class CutPrompts:
    """The lengths of the prompts with the highest count of tokens so far: several of them, and a round count, are no chance."""

    def __init__(self) -> None:
        self._most = 0
        self._lengths: set[int] = set()

    def evidence(self, characters: int, tokens: int) -> str:
        """Note a prompt's length and its count of tokens. Why it must have been cut, in words; empty where nothing says so."""
        if tokens > self._most:
            self._most, self._lengths = tokens, set()
        if tokens == self._most:
            self._lengths.add(characters)
        if tokens < self._most or not self._is_cut():
            return ""
        return (
            f"the server counts {tokens} tokens for prompts of {min(self._lengths)} to {max(self._lengths)} characters alike, so it cuts "
            "them to its context without a word. Raise that (Ollama: num_ctx, or OLLAMA_CONTEXT_LENGTH) and ask again with --fresh; "
            "replies to cut prompts that came before are kept."
        )

    def _is_cut(self) -> bool:
        is_round = self._most % 256 in (0, 255) or self._most % 1000 in (0, 999)
        is_spread = max(self._lengths) >= _SPREAD * min(self._lengths)
        return self._most >= _LEAST and is_round and len(self._lengths) >= _ALIKE and is_spread
