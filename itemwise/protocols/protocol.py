"""Protocol: everything that decides how a published number was asked and read, in the place of a benchmark's own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from itemwise.analysis.named_extractors import NamedExtractor
from itemwise.cases.benchmark import Benchmark
from itemwise.cases.case import Case
from itemwise.cases.examples import Examples

__all__ = ["Protocol"]


@dataclass(frozen=True)
class Protocol:
    """How the cases of the benchmark called `benchmark` (``gsm8k`` for test_gsm8k) are asked, behind `examples.shots` examples.

    `loader` yields them as a benchmark's does, with gold answers as its comparison has them and the texts that end a reply; `prompt` is the
    text that it is given. `form` is one of few_shot.FORMS, `max_new_tokens` the token limit, `extractor` what reads replies: an answer is
    right where it equals the case's. `decoding` is one of decoding.DECODINGS.
    """

    name: str
    benchmark: str
    loader: Callable[..., Iterable[Case]]
    prompt: str
    examples: Examples
    form: str
    max_new_tokens: int
    extractor: NamedExtractor
    decoding: str = "greedy"

    def applied_to(self, benchmark: Benchmark) -> Benchmark:
        """The benchmark as this protocol asks it; its draw stays its own."""
        return replace(
            benchmark,
            loader=self.loader,
            prompts={self.name: self.prompt},
            examples=self.examples,
            prompt_form=self.form,
            extract=self.extractor.extract,
        )
