"""The header of a run in a terminal: models, rows, options without effect, the store of replies."""

from itemwise.cases.benchmark import Benchmark
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
    sample = "all rows" if settings.sample is None else f"{settings.sample} cases"
    sample += f" with {settings.source.variants} renumbered variants each" if settings.source.variants else ""
    made = " (made problems, not the dataset)" if settings.source.kind == "synthetic" else ""
    lines = [
        f"itemwise: {', '.join(map(_model_text, settings.models))}"
        + (f"; {', '.join(entry.name for entry in settings.seeing)} where pictures are shown" if settings.seeing else ""),
        f"itemwise: rows from {settings.source.text}{made}, {sample}, seed {settings.seed}, "
        f"{f'{settings.repeats} repeats, ' if settings.repeats > 1 else ''}"
        f"strategy {', '.join(chosen.name for chosen in settings.strategies)}, prompt {', '.join(settings.prompts) or 'default'}, "
        f"{_shots_text(settings)}"
        f"extractor {settings.extractor.name if settings.extractor else 'default'}, batch {settings.batch_size or 'auto'}",
    ]
    lines += [
        f"itemwise: {entry.name} thinks and is decoded greedily, in which thinking models may repeat themselves until the limit; "
        "--decoding model samples as its makers set it"
        for entry in settings.all_models
        if thinks_greedily(entry)
    ]
    if settings.shard:
        gates = ", which gates wait for" if settings.gates or settings.baseline else ""
        lines.append(f"itemwise: shard {settings.shard.text} of the cases; python -m itemwise merge makes one run of all shards{gates}")
    return [printable(line) for line in [*lines, *_greedy_repeat_lines(settings)]]


def _greedy_repeat_lines(settings: Settings) -> list[str]:
    """What repeats of greedy replies measure."""
    greedy = [
        (f"{entry.name} under {chosen.name}", entry.server)
        for entry in settings.models * (settings.repeats > 1)
        for chosen in settings.strategies
        if is_repeated_greedily(entry, chosen) and not entry.replies
    ]
    said = (
        "has the same greedy text at every repeat",
        "is greedy: repeats measure what the server's batches and hardware change, no sampling",
    )
    return [f"itemwise: {who} {said[on_server]}" for who, on_server in greedy]


def _shots_text(settings: Settings) -> str:
    """The examples and the form of the prompt, as far as options say anything of them."""
    said = {
        "protocol": settings.protocol.name if settings.protocol else "",
        "shots": ", ".join(map(str, settings.shots)),
        "examples from": settings.examples.text if settings.examples else "",
        "prompt form": settings.prompt_form or "",
    }
    return "".join(f"{what} {text}, " for what, text in said.items() if text)


def default_prompt_line(function: str, benchmark: Benchmark, settings: Settings, model: ModelEntry | None) -> str:
    """The prompt that `model` is asked with where no option names one, and why; empty where one does, or there is none to choose."""
    if settings.prompts or len(benchmark.prompts) < 2 or (model and model.replies):
        return ""
    (prompt,) = prompts_of(benchmark, settings, model)
    why = f"which {model.name} prefers" if model and model.prompt == prompt else f"the first of its {len(benchmark.prompts)}"
    return printable(f"itemwise: {function} asks in the prompt {prompt}, {why}")


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
    away = "replies from files are there already" if settings.models and settings.models[0].replies else "the models are on servers"
    why = away if remote else "that is for --engine ray"
    return [f"itemwise: --{name} has no effect: {why}" for name, is_idle in idle.items() if is_idle and name in settings.given]


def store_line(settings: Settings, replies: int) -> str:
    """Where replies are kept, how many there are, and whether they are used."""
    use = "asked anew" if settings.fresh else "recalled only, no model is loaded" if settings.replay else "recalled where they fit"
    return printable(f"itemwise: store {settings.store} holds {replies} replies, {use}")


def _model_text(entry: ModelEntry) -> str:
    if entry.replies:
        return replies_line(entry)
    revision = f" at {entry.revision}" if entry.revision else ""
    compute = "" if entry.compute == "auto" else f" computed in {entry.compute}"
    loaded = "" if entry.server else f", {'dequantised' if entry.gguf else entry.quantisation}{compute}"
    thinking = f", thinking {entry.thinking}" if entry.thinking != "template" else ""
    decoding = f", decoding {entry.decoding}" if entry.decoding != "greedy" else ""
    budget = f", max {entry.max_thinking_tokens} thinking tokens" if entry.max_thinking_tokens else ""
    doubt = "" if (known := hub_model(entry)) is None or known.is_confirmed else ", an unconfirmed id"
    told = f"{thinking}{budget}{decoding}, max {entry.max_new_tokens} new tokens"
    return f"{entry.name} ({_location(entry)}{doubt}{revision}{loaded}{told})"


def _location(entry: ModelEntry) -> str:
    if entry.location.startswith(str(EMBEDDED)):
        return "ships with itemwise"
    kind = "GGUF file " if entry.gguf else "folder "
    return f"{kind}{entry.location}" if entry.local else entry.location
