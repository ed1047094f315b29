"""What the plugin costs beside the model: processor seconds of replayed runs, per case beside bare pytest, of one checkout or two in turns.

    python -m tools.bench_overhead --source gsm8k/test.jsonl --cases 1319
    python -m tools.bench_overhead --source gsm8k/test.jsonl --beside ../before --rounds 3

The embedded model is asked once, untimed, and its replies are kept in a store, that of `--store` where it is to stay. Each run that is
timed reads them there and is a process of its own, one after the other: bare pytest over as many failing tests, one case, and all cases,
with no earlier run beside. With `--beside` another checkout takes its turn in each round. Told are user and system time together, which a
busy machine lengthens too: read the ratios.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BARE = """
import pytest

@pytest.mark.parametrize("n", range({cases}))
def test_bare(n):
    assert str(n) == "none"
"""
PLAIN = ("-q", "--tb=no", "-rN", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:benchmark")  # of what we only test with


def seconds_of(arguments: Sequence[str], folder: Path) -> float:
    """Processor seconds of one pytest run in `folder`, of the package that lies there, byte code as an installed one has it."""
    command = [sys.executable, "-m", "pytest", *PLAIN, *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)  # noqa: S603 - our own command
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode > 1:
        raise SystemExit(f"{' '.join(command)} exited {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


class Checkout:
    """A checkout whose runs are timed; their reports lie in `folder`."""

    def __init__(self, root: Path, folder: Path, store: Path, source: str, cases: int) -> None:
        self.root = root
        self.cases = cases
        self.whole: list[float] = []
        self.one: list[float] = []
        self._options = [str(root / "benchmarks" / "test_gsm8k.py"), "--source", source, "--quant", "none", "--store", str(store)]
        self._folder = folder

    def time(self, cases: int) -> float:
        """Processor seconds of a run of so many cases, of which no report is beside another's."""
        number = len(list(self._folder.iterdir()))
        return seconds_of([*self._options, "--report-dir", str(self._folder / f"reports-{number}"), "--sample", str(cases)], self.root)

    def shown(self, bare: float) -> str:
        """The medians of its runs, and what a case takes beyond one of bare pytest, which takes `bare` ms."""
        whole, one = statistics.median(self.whole), statistics.median(self.one)
        each = 1e3 * (whole - one) / (self.cases - 1)
        runs = " ".join(f"{seconds:.2f}" for seconds in self.whole)
        return f"{whole:6.2f} s ({runs}), one case {one:.2f} s, a case more {each:.2f} ms, {each - bare:.2f} beyond bare pytest"


def main() -> None:
    """Read the command line, fill the stores, time the runs in turns and print their medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1319)
    parser.add_argument("--source", default="synthetic", help="rows as --source of a run takes them (default: synthetic)")
    parser.add_argument("--store", type=Path, help="file with the replies of earlier calls, or for theirs")
    parser.add_argument("--beside", type=Path, help="another checkout, timed in turns with this one")
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    source = str(Path(wanted.source).resolve()) if Path(wanted.source).exists() else wanted.source
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_bare.py").write_text(BARE.format(cases=wanted.cases))
        (folder / "test_one.py").write_text(BARE.format(cases=1))
        checkouts = []
        for number, root in enumerate(filter(None, (wanted.beside, ROOT))):
            (reports := folder / f"runs-{number}").mkdir()
            store = (wanted.store or folder / "replies.sqlite").resolve()
            checkouts.append(Checkout(root.resolve(), reports, store, source, wanted.cases))
            checkouts[-1].time(wanted.cases)  # asks what the store lacks, and compiles
        bare, start = [], []
        for _ in range(wanted.rounds):
            bare.append(seconds_of(["-p", "no:itemwise", "test_bare.py"], folder))
            start.append(seconds_of(["-p", "no:itemwise", "test_one.py"], folder))
            for checkout in checkouts:
                checkout.one.append(checkout.time(1))
                checkout.whole.append(checkout.time(wanted.cases))
    a_test = 1e3 * (statistics.median(bare) - statistics.median(start)) / (wanted.cases - 1)
    print(f"{wanted.cases} cases of {wanted.source}, medians of {wanted.rounds} rounds, processor seconds")
    print(f"bare pytest   {statistics.median(bare):6.2f} s, start-up {statistics.median(start):.2f} s, a failing test more {a_test:.2f} ms")
    for checkout in checkouts:
        print(f"{'this checkout' if checkout.root == ROOT else 'the other one':13} {checkout.shown(a_test)}")
    if wanted.beside:
        other, this = (statistics.median(checkout.whole) for checkout in checkouts)
        print(f"this beside the other: {this / other:.2f}")


if __name__ == "__main__":
    main()
