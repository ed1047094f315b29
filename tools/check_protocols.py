"""Checks that the prompts of lm-evaluation-harness' protocols are its own to the byte, on all 1,319 rows of GSM8K's test split.

    python -m tools.check_protocols                # rows of the hub
    python -m tools.check_protocols FOLDER         # of a folder with test.jsonl and train.jsonl

The hashes are of the prompts that lm-evaluation-harness 0.4.13 builds, joined by NUL. Two of the four protocols read their examples in its
package: pip install --no-deps lm_eval==0.4.13.
"""

import argparse
import hashlib
import sys
from pathlib import Path

from benchmarks.test_gsm8k import PROMPTS, gsm8k
from itemwise.cases.benchmark import Benchmark
from itemwise.extractors import last_number
from itemwise.session.asked_protocol import under_protocol
from itemwise.session.sample import sampled
from itemwise.session.settings import read_settings
from itemwise.session.wording import wordings_of

SHA256 = {
    "lm-eval/gsm8k": "84119a05b6c77e92415182c7963444e153dd2df04e05e238744f26b105c0a8b6",
    "lm-eval/gsm8k_cot": "9a08edd9368fad0c8e3a7d85f65d607fcbc6566b30b3ef3e479a4d6c11eaf204",
    "lm-eval/gsm8k_cot_zeroshot": "d178f26dfbf4eb9ee747b44d24accab731661a06c7cb08d7e236b5aab4d6fb94",
    "lm-eval/gsm8k_cot_llama": "7b5defa9d2cb765c8e389b176b1ae6729ec3be7e96cf52efc75ded5499cabb5a",
}


def prompts(protocol: str, source: str) -> list[str]:
    """The prompts of all rows, in order."""
    here = Path.cwd()
    settings = read_settings({"protocol": protocol, "source": source, "sample": "all"}, root=here, here=here)
    benchmark = under_protocol(Benchmark(gsm8k, last_number, PROMPTS), "gsm8k", settings)
    (wording,) = wordings_of(benchmark, settings, None).values()
    return [case.text for case in sampled("gsm8k", benchmark, settings, wording).cases]


def main() -> int:
    """Print a line for each protocol; 1 where one differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", default="hub", help="a folder with test.jsonl and train.jsonl (default: the hub)")
    source, equal = parser.parse_args().source, True
    for protocol, sha256 in SHA256.items():
        asked = prompts(protocol, source)
        found = hashlib.sha256("\0".join(asked).encode()).hexdigest()
        print(f"{protocol}: {len(asked)} prompts, {'equal' if found == sha256 else f'OTHERS: sha256 {found}, not {sha256}'}")
        equal = equal and found == sha256
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
