"""Cases and tokens per second through a server, by how many are in flight at once.

    python -m tools.bench_server --cases 64                                 # transformers serve with the embedded model, started here
    python -m tools.bench_server --cases 256 --model http://host:8000/v1#name

Rounds of every concurrency take turns, and their medians are compared: printed are ratios, the seconds are of this machine.
Beside it the same against a server that takes a tenth of a second for anything and any number at once: what is lost
there of the full ratio is the client's own.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from benchmarks.test_gsm8k import PROMPTS
from itemwise.cases.chat import Turn
from itemwise.cases.reply import Reply
from itemwise.engine.engine import Engine
from itemwise.models import LoadOptions
from itemwise.models.registry import EMBEDDED, REGISTRY, entry_named
from itemwise.models.server.server_model import connect
from itemwise.strategies import configured_strategy
from itemwise.synthetic import word_problems
from tests.serving import Serving
from tests.stand_in import Answer, StandIn, said

CONCURRENCIES = (1, 8, 32)
FIXED = 0.1  # seconds that the stand-in takes for anything


@contextmanager
def transformers_serve() -> Iterator[str]:
    """The embedded text model behind `transformers serve`, as --model names it."""
    with tempfile.TemporaryDirectory() as folder:
        serving = Serving(EMBEDDED / "text", Path(folder, "log.txt"))
        try:
            serving.wait()
            yield serving.named
        finally:
            serving.kill()


@contextmanager
def stand_in() -> Iterator[str]:
    """A server that takes as long for many at once as for one."""

    def answer(*_: object) -> Answer:
        time.sleep(FIXED)
        return said("The answer is 42.")

    server = StandIn(answer)
    yield f"{server.url}#adder"
    server.close()


def time_round(named: str, prompts: Sequence[str], concurrency: int, max_new_tokens: int) -> tuple[float, int]:
    """Wall seconds and new tokens for all prompts, asked so many at once."""
    model = connect(entry_named(named, REGISTRY, Path()), LoadOptions("none", max_new_tokens))
    engine, direct = Engine(model, concurrency), configured_strategy("direct")
    started = time.perf_counter()
    for number, prompt in enumerate(prompts):
        engine.submit(str(number), direct.bind([Turn("user", prompt)], lambda turn: turn.content))
    while not engine.idle:
        engine.step()
    taken = time.perf_counter() - started
    model.close()
    if failed := [outcome for outcome in engine.outcomes.values() if not isinstance(outcome, Reply)]:
        raise SystemExit(f"{len(failed)} of {len(prompts)} cases failed, the first: {failed[0]}")
    return taken, sum(outcome.completion_tokens for outcome in engine.outcomes.values() if isinstance(outcome, Reply))


def report(title: str, named: str, prompts: Sequence[str], rounds: int, max_new_tokens: int) -> None:
    """The few lines on one server."""
    time_round(named, prompts[:2], 1, max_new_tokens)  # the first answers load what later ones use
    taken = {concurrency: list[float]() for concurrency in CONCURRENCIES}
    tokens = dict.fromkeys(CONCURRENCIES, 0)
    for _ in range(rounds):
        for concurrency in CONCURRENCIES:
            seconds, new_tokens = time_round(named, prompts, concurrency, max_new_tokens)
            taken[concurrency].append(seconds)
            tokens[concurrency] += new_tokens
    print(f"{title}: {len(prompts)} cases, median of {rounds} rounds taking turns")
    alone = statistics.median(taken[1])
    for concurrency, each in taken.items():
        median = statistics.median(each)
        rates = f"{len(prompts) / max(each):.1f} to {len(prompts) / min(each):.1f}"
        print(
            f"  {concurrency:2} at once  {len(prompts) / median:7.1f} cases/s ({rates})  {alone / median:5.2f} times one at once  "
            f"{tokens[concurrency] / sum(each):7.1f} tokens/s",
            flush=True,
        )


def main() -> None:
    """Read the command line, ask the servers, print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--prompt", choices=PROMPTS, default="json")
    parser.add_argument("--max-new-tokens", type=int, default=256)
    parser.add_argument("--model", help="a server, as pytest's --model names it (default: transformers serve, started here)")
    wanted = parser.parse_args()
    prompts = [PROMPTS[wanted.prompt].format_map(row) for row in islice(word_problems(42), wanted.cases)]
    if wanted.model:
        report(entry_named(wanted.model, REGISTRY, Path()).location, wanted.model, prompts, wanted.rounds, wanted.max_new_tokens)
    else:
        with transformers_serve() as named:
            report("transformers serve, embedded text model, CPU", named, prompts, wanted.rounds, wanted.max_new_tokens)
    with stand_in() as named:
        report(f"a server that takes {FIXED:g} s for any number at once", named, prompts, wanted.rounds, wanted.max_new_tokens)


if __name__ == "__main__":
    main()
