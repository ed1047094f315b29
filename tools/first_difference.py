"""Why two greedy texts of one model part: another prompt, whitespace, an end, a penalty, or two tokens that are equal but for rounding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

__all__ = ["Difference", "explained"]

ROUNDING = 1e-3  # logits that float32 adds up in another order differ by less


@dataclass(frozen=True)
class Difference:
    """A row whose texts differ: `theirs` and `ours` have the prompt, its tokens and the text."""

    row: int
    theirs: dict[str, Any]
    ours: dict[str, Any]

    def plain_reason(self) -> str | None:
        """A reason that needs no model, if there is one."""
        theirs, ours = self.theirs, self.ours
        if theirs["prompt"] != ours["prompt"]:
            return "another prompt"
        if theirs["prompt_tokens"] != ours["prompt_tokens"]:
            return f"{theirs['prompt_tokens']} tokens of prompt, ours {ours['prompt_tokens']}: a BOS, or a cut from the left"
        if theirs["text"].strip() == ours["text"].strip():
            return "whitespace at an end"
        if theirs["text"].startswith(ours["text"]) or ours["text"].startswith(theirs["text"]):
            longer = max(theirs["text"], ours["text"], key=len)
            rest = longer[min(len(theirs["text"]), len(ours["text"])) :]
            return f"{'theirs' if longer == theirs['text'] else 'ours'} goes on with {rest[:40]!r}"
        return None


def explained(folder: Path, differences: Sequence[Difference]) -> Iterator[str]:
    """A line for each difference; the model of `folder` is loaded only where nothing else tells why."""
    model = None
    for one in differences:
        reason = one.plain_reason()
        if reason is None:
            model = model or Parting(folder)
            reason = model.reason(one)
        yield f"{one.row}: {reason}"


class Parting:
    """A model in float32, asked what it thinks of the two tokens by which a pair of texts parts."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer = AutoTokenizer.from_pretrained(folder)
        self._model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        self._penalty = float(self._model.generation_config.repetition_penalty or 1.0)

    def reason(self, pair: Difference) -> str:
        """The tokens, by how much their logits differ, and what that means."""
        theirs, ours = (self._tokenizer(side["text"], add_special_tokens=False)["input_ids"] for side in (pair.theirs, pair.ours))
        same = len(list(takewhile(lambda both: both[0] == both[1], zip(theirs, ours, strict=False))))
        ids = [*self._tokenizer(pair.ours["prompt"])["input_ids"], *ours[:same]]
        with torch.inference_mode():
            logits = self._model(torch.tensor([ids])).logits[0, -1]
        their, our = (side[same : same + 1] for side in (theirs, ours))
        words = [repr(self._tokenizer.decode(token)) if token else "an end" for token in (their, our)]
        if not their or not our:
            return f"token {same}: {words[0]}, ours {words[1]}"
        gap = float(logits[our[0]] - logits[their[0]])
        return (
            f"token {same}: {words[0]}, ours {words[1]}, whose logit is {gap:+.2g} of it: {self._cause(logits, ids, their[0], our[0], gap)}"
        )

    def _cause(self, logits: torch.Tensor, ids: Sequence[int], their: int, our: int, gap: float) -> str:
        if abs(gap) < ROUNDING:
            return "rounding"
        if self._penalty != 1:
            seen = torch.tensor(sorted(set(ids)))
            values = logits[seen]
            penalised = logits.index_copy(0, seen, torch.where(values < 0, values * self._penalty, values / self._penalty))
            if penalised[their] > penalised[our]:
                return f"the checkpoint's repetition penalty {self._penalty:g}"
        return "not known"
