"""A run's protocol: the benchmark as it asks it, and whether other options leave it what it is."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from itemwise.cases.benchmark import Benchmark, BenchmarkError
from itemwise.cases.case import Case
from itemwise.models import ModelEntry
from itemwise.protocols import Protocol
from itemwise.session.settings import Settings
from itemwise.session.wording import Wording
from itemwise.strategies import ConfiguredStrategy

__all__ = ["of_one", "protocol_words", "under_protocol"]


def under_protocol(benchmark: Benchmark, name: str, settings: Settings) -> Benchmark:
    """The benchmark called `name` as the run's protocol asks it, or as it is where there is none.

    Raises BenchmarkError where the protocol is of another benchmark.
    """
    protocol = settings.protocol
    if protocol is None:
        return benchmark
    if protocol.benchmark != name:
        raise BenchmarkError(f"--protocol {protocol.name} is of {protocol.benchmark}, not of {name}; run with -k {protocol.benchmark}.")
    return protocol.applied_to(benchmark)


def of_one(settings: Settings, model: ModelEntry | None, strategy: ConfiguredStrategy | None) -> Settings:
    """The settings of a run that asks one `model` by one `strategy`, where there are such: whether its rows are those of a protocol is not
    changed by what the run asks beside."""
    models, seeing = ((model,), ()) if model else (settings.models, settings.seeing)
    return replace(settings, models=models, seeing=seeing, strategies=(strategy,) if strategy else settings.strategies)


def protocol_words(settings: Settings, wording: Wording, cases: Sequence[Case]) -> dict[str, str]:
    """The protocol's name in a record of its `cases`; where other options changed it, what they changed, for then it is none that was
    published.

    Replies that were made elsewhere are only read by it: what they were asked with is not its doing.
    """
    if settings.protocol is None:
        return {}
    name, is_asked = settings.protocol.name, not all(entry.replies for entry in settings.all_models)
    changes = [*(_changes(settings.protocol, settings, wording, cases) if is_asked else ()), *_other_extractor(settings.protocol, settings)]
    named = name if is_asked else f"{name} (read by it; made elsewhere)"
    return {"protocol": f"changed from {named}: {', '.join(changes)}" if changes else named}


def _other_extractor(protocol: Protocol, settings: Settings) -> Iterator[str]:
    if settings.extractor is not None and settings.extractor.name != protocol.extractor.name:
        yield f"extractor {settings.extractor.name}"


def _changes(protocol: Protocol, settings: Settings, wording: Wording, cases: Sequence[Case]) -> Iterator[str]:
    if wording.shots != protocol.examples.shots:
        yield f"shots {wording.shots}"
    if wording.form != protocol.form:
        yield f"prompt form {wording.form}"
    if settings.examples is not None:
        yield f"examples from {settings.examples.text}"
    if limits := dict.fromkeys(entry.max_new_tokens for entry in settings.all_models if entry.max_new_tokens != protocol.max_new_tokens):
        yield f"max new tokens {', '.join(map(str, limits))}"
    if others := dict.fromkeys(entry.decoding for entry in settings.all_models if entry.decoding != protocol.decoding):
        yield f"decoding {', '.join(others)}"
    sends_own = wording.form != "completion" and not all(case.has_system_turn for case in cases)
    if sends_own and (named := ", ".join(entry.name for entry in settings.all_models if entry.system)):
        yield f"system prompt of {named}"
    if told := dict.fromkeys(entry.thinking for entry in settings.all_models if entry.thinking != "template"):
        yield f"thinking {', '.join(told)}"
    if budgets := dict.fromkeys(entry.max_thinking_tokens for entry in settings.all_models if entry.max_thinking_tokens is not None):
        yield f"max thinking tokens {', '.join(map(str, budgets))}"
    if ways := [strategy.name for strategy in settings.strategies if strategy.name != protocol.strategy]:
        yield f"strategy {', '.join(ways)}"
