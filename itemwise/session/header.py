"""The header of a run in a terminal: models, rows, options without effect, the store of replies."""

from collections.abc import Iterator

from itemwise.cases.benchmark import Benchmark
from itemwise.language import joined, phrase
from itemwise.models import ModelEntry
from itemwise.models.catalogue import hub_model
from itemwise.models.decoding import thinks_greedily
from itemwise.models.registry import EMBEDDED
from itemwise.results.safe_text import printable
from itemwise.session.given_replies import replies_line
from itemwise.session.settings import Settings, is_repeated_greedily
from itemwise.session.wording import prompts_of

__all__ = ["default_prompt_line", "header_lines", "idle_lines", "store_line"]


def header_lines(settings: Settings) -> list[str]:
    """What is about to be measured."""
    models = joined(map(_model_text, settings.models))
    if settings.seeing:
        models = phrase("{models}; {seeing} where pictures are shown", models=models, seeing=", ".join(map(_name, settings.seeing)))
    greedy = (
        "{name} thinks and is decoded greedily, in which thinking models may repeat themselves until the limit; "
        "--decoding model samples as its makers set it"
    )
    lines = [models, joined(_asked(settings))]
    lines += [phrase(greedy, name=entry.name) for entry in settings.all_models if thinks_greedily(entry)]
    if settings.shard:
        shard = "shard {shard} of the cases; python -m itemwise merge makes one run of all shards"
        if settings.gates or settings.baseline:
            shard = "shard {shard} of the cases; python -m itemwise merge makes one run of all shards, which gates wait for"
        lines.append(phrase(shard, shard=settings.shard.text))
    return [_line(settings, text) for text in [*lines, *_greedy_repeat_lines(settings)]]


def _line(settings: Settings, text: str) -> str:
    return printable(f"itemwise: {settings.language(text)}")


def _name(entry: ModelEntry) -> str:
    return entry.name


def _asked(settings: Settings) -> Iterator[str]:
    """What is asked, and in which way."""
    made = settings.source.kind == "synthetic"
    rows = "rows from {source} (made problems, not the dataset)" if made else "rows from {source}"
    yield phrase(rows, source=settings.source.text)
    sample = phrase("all rows") if settings.sample is None else phrase("{n} {n:case|cases}", n=settings.sample)
    variants = settings.source.variants
    yield phrase("{sample} with {n} renumbered variants each", sample=sample, n=variants) if variants else sample
    yield phrase("seed {n}", n=settings.seed)
    if settings.repeats > 1:
        yield phrase("{n} {n:repeat|repeats}", n=settings.repeats)
    default = phrase("default")
    yield phrase("strategy {names}", names=", ".join(chosen.name for chosen in settings.strategies))
    yield phrase("prompt {names}", names=", ".join(settings.prompts) or default)
    yield from _shots(settings)
    yield phrase("extractor {names}", names=settings.extractor.name if settings.extractor else default)
    yield phrase("batch {size}", size=settings.batch_size or "auto")


def _greedy_repeat_lines(settings: Settings) -> list[str]:
    """What repeats of greedy replies measure."""
    greedy = [
        (entry.name, chosen.name, entry.server)
        for entry in settings.models * (settings.repeats > 1)
        for chosen in settings.strategies
        if is_repeated_greedily(entry, chosen) and not entry.replies
    ]
    here = "{name} under {strategy} has the same greedy text at every repeat"
    served = "{name} under {strategy} is greedy: repeats measure what the server's batches and hardware change, no sampling"
    return [phrase(served if on_server else here, name=name, strategy=strategy) for name, strategy, on_server in greedy]


def _shots(settings: Settings) -> Iterator[str]:
    """The examples and the form of the prompt, as far as options say anything of them."""
    if settings.protocol:
        yield phrase("protocol {name}", name=settings.protocol.name)
    if settings.shots:
        yield phrase("shots {numbers}", numbers=", ".join(map(str, settings.shots)))
    if settings.examples:
        yield phrase("examples from {source}", source=settings.examples.text)
    if settings.prompt_form:
        yield phrase("prompt form {form}", form=settings.prompt_form)


def default_prompt_line(function: str, benchmark: Benchmark, settings: Settings, model: ModelEntry | None) -> str:
    """The prompt that `model` is asked with where no option names one, and why; empty where one does, or there is none to choose."""
    if settings.prompts or len(benchmark.prompts) < 2 or (model and model.replies):
        return ""
    (prompt,) = prompts_of(benchmark, settings, model)
    first = phrase("the first of its {n}", n=len(benchmark.prompts))
    why = phrase("which {model} prefers", model=model.name) if model and model.prompt == prompt else first
    return _line(settings, phrase("{function} asks in the prompt {prompt}, {why}", function=function, prompt=prompt, why=why))


def idle_lines(settings: Settings) -> list[str]:
    """The options of the command line that no model of this run heeds."""
    remote, ray = not any(entry.is_loaded_here for entry in settings.all_models), settings.engine == "ray"
    idle = {
        "quant": remote,
        "compute": remote,
        "engine": remote and ray,
        "replicas": remote or not ray,
        "gpus-per-replica": remote or not ray,
    }
    why = phrase("that is for --engine ray")
    if remote:
        given = settings.models and settings.models[0].replies
        why = phrase("replies from files are there already" if given else "the models are on servers")
    names = [name for name, is_idle in idle.items() if is_idle and name in settings.given]
    return [_line(settings, phrase("--{option} has no effect: {why}", option=name, why=why)) for name in names]


def store_line(settings: Settings, replies: int) -> str:
    """Where replies are kept, how many there are, and whether they are used."""
    use = phrase("asked anew" if settings.fresh else "recalled only, no model is loaded" if settings.replay else "recalled where they fit")
    return _line(settings, phrase("store {file} holds {n} {n:reply|replies}, {use}", file=settings.store, n=replies, use=use))


def _model_text(entry: ModelEntry) -> str:
    if entry.replies:
        return replies_line(entry)
    return phrase("{what} ({names})", what=entry.name, names=joined(_loaded_as(entry)))


def _loaded_as(entry: ModelEntry) -> Iterator[str]:
    """Where a model is from, and how it is loaded and asked."""
    place = _location(entry)
    if (known := hub_model(entry)) and not known.is_confirmed:
        place = phrase("{place}, an unconfirmed id", place=place)
    yield phrase("{place} at {revision}", place=place, revision=entry.revision) if entry.revision else place
    if not entry.server:
        weights = phrase("dequantised") if entry.gguf else entry.quantisation
        computed = entry.compute != "auto"
        yield phrase("{weights} computed in {type}", weights=weights, type=entry.compute) if computed else weights
    if entry.thinking != "template":
        yield phrase("thinking {choice}", choice=entry.thinking)
    if entry.max_thinking_tokens:
        yield phrase("max {n} thinking {n:token|tokens}", n=entry.max_thinking_tokens)
    if entry.decoding != "greedy":
        yield phrase("decoding {choice}", choice=entry.decoding)
    yield phrase("max {n} new {n:token|tokens}", n=entry.max_new_tokens)


def _location(entry: ModelEntry) -> str:
    if entry.location.startswith(str(EMBEDDED)):
        return phrase("ships with itemwise")
    if not entry.local:
        return entry.location
    return phrase("GGUF file {path}" if entry.gguf else "folder {path}", path=entry.location)
