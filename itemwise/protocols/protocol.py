"""Protocol: everything that decides how a published number was asked and read, in the place of a benchmark's own."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from itemwise.cases.benchmark import Benchmark
from itemwise.cases.case import Case
from itemwise.cases.examples import Examples
from itemwise.extractors.named_extractor import NamedExtractor

__all__ = ["Protocol"]


@dataclass(frozen=True)
class Protocol:
    """How the cases of the benchmark called `benchmark` (``gsm8k`` for test_gsm8k) are asked, behind `examples.shots` examples.

    `loader` yields them as a benchmark's does, with gold answers as its comparison has them and the texts that end a reply; `prompt` is the
    text that it is given. `form` is one of few_shot.FORMS, `max_new_tokens` the token limit, `extractor` what reads replies and says which
    answers are right. `more_extractors` are others that scores under its name are published of; all can be named by `--extractor`, and read
    the replies of every run of the benchmark beside its own.
    `decoding` is one of decoding.DECODINGS; `strategy` is how each case is asked. Of several configurations it asks `config` alone, where
    that is not empty.
    """

    name: str
    benchmark: str
    loader: Callable[..., Iterable[Case]]
    prompt: str
    examples: Examples
    form: str
    max_new_tokens: int
    extractor: NamedExtractor
    more_extractors: Sequence[NamedExtractor] = ()
    decoding: str = "greedy"
    strategy: str = "direct"
    config: str = ""

    @property
    def extractors(self) -> tuple[NamedExtractor, ...]:
        """All of them, the one that judges first."""
        return (self.extractor, *self.more_extractors)

    def applied_to(self, benchmark: Benchmark) -> Benchmark:
        """The benchmark as this protocol asks it; its draw stays its own."""
        return replace(
            benchmark,
            loader=self.loader,
            prompts={self.name: self.prompt},
            examples=self.examples,
            prompt_form=self.form,
            extract=self.extractor.extract,
            configs=(self.config,) if self.config else benchmark.configs,
            other_configs=benchmark.configs if self.config else (),
        )
