"""Checks that the prompts of other harnesses' protocols are their own to the byte, on all 1,319 rows of GSM8K's test split.

    python -m tools.check_protocols                # rows of the hub
    python -m tools.check_protocols FOLDER         # of a folder with test.jsonl and train.jsonl
    python -m tools.check_protocols FOLDER --mmlu MMLU_FOLDER    # and MMLU's 14,042 rows, with 5 examples and with none
    python -m tools.check_protocols FOLDER --math MATH500.jsonl  # and the 500 of MATH-500

The hashes are of the prompts that the harnesses build of GSM8K's rows, joined by NUL: lm-evaluation-harness 0.4.13, inspect_evals 0.28.0
and OpenCompass 0.5.4, whose words are read in the installed packages (pip install --no-deps lm_eval==0.4.13 inspect_evals==0.28.0
opencompass==0.5.4), and Qwen2.5-Math at a45202b. Of a chat they are of its turns. Those of gsm8k_platinum are of GSM8K's rows too, not of
its own, so that it is checked with a FOLDER alone. MMLU_FOLDER has a file of each subject in its folders test and dev, asked in the
order of the subjects. A protocol whose package is not there is said to be unchecked.
"""

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from itemwise.cases.benchmark import Benchmark, BenchmarkError
from itemwise.cases.case import Case
from itemwise.cases.controls import original_and_control
from itemwise.extractors import last_number
from itemwise.protocols import Protocol, protocols
from itemwise.session.asked_protocol import under_protocol
from itemwise.session.sample import sampled
from itemwise.session.settings import read_settings
from itemwise.session.wording import wordings_of

SHA256 = {
    "lm-eval/gsm8k": "84119a05b6c77e92415182c7963444e153dd2df04e05e238744f26b105c0a8b6",
    "lm-eval/gsm8k_cot": "9a08edd9368fad0c8e3a7d85f65d607fcbc6566b30b3ef3e479a4d6c11eaf204",
    "lm-eval/gsm8k_cot_zeroshot": "d178f26dfbf4eb9ee747b44d24accab731661a06c7cb08d7e236b5aab4d6fb94",
    "lm-eval/gsm8k_cot_llama": "7b5defa9d2cb765c8e389b176b1ae6729ec3be7e96cf52efc75ded5499cabb5a",
    "lm-eval/gsm8k_platinum": "25ed4bece199bd2a027693f6405cf29452ca884ba8e6be08c66b80ce62b0083e",
    "inspect-evals/gsm8k": "01775ae6b0cbd8ef50b433def0a81fb22949822ed2e323ab1c444b75938ef56e",
    "opencompass/gsm8k_gen": "541ebf0f42cdc1670559a64a3ba65278385fe33b89d169cf488661dd5bc154f4",
    "qwen2.5-math/gsm8k": "1b4b5b31affb8c4d732a47b546f10fc470c575c159892736687c122a4b88b603",
}
MATH_SHA256 = {
    "lm-eval/hendrycks_math500": "1e338ca9255be916cf7be8c5554b12dcbc92a39590837a6226cd3f28ac2e8fe9",
    "lm-eval/minerva_math500": "4ef73127ec9aab42cf335357c9c89eaee48515a57d64c3b417a823a86c6a4239",
}
MMLU = "lm-eval/mmlu"
MMLU_SHA256 = {
    "5": "56a5c8069586f065e885df1d2bd2a9e2906854dc8cfd657605a543a9a5a3c623",
    "0": "b2a1bb75b30d08c9c09d2d9e7b3552667c0d1091fceeb0f385cccd281a47e091",
}  # by the number of examples


def cases_of(protocol: Protocol, **given: object) -> Sequence[Case]:
    """The cases of all rows in order, as `protocol` asks them with the options `given`."""
    settings = read_settings({"protocol": protocol.name, "sample": "all", **given}, root=Path.cwd(), here=Path.cwd())
    benchmark = under_protocol(Benchmark(list, last_number), protocol.benchmark, settings).of_config(protocol.config)
    (wording,) = wordings_of(benchmark, settings, None).values()
    asked = sampled(protocol.benchmark, benchmark, settings, wording).cases
    return [case for case in asked if original_and_control(case.name) is None]


def main() -> int:
    """Print a line for each protocol; 1 where one differs, or could not be checked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", default="hub", help="a folder with test.jsonl and train.jsonl (default: the hub)")
    parser.add_argument("--mmlu", help="a folder with MMLU's files by subject, in folders test and dev")
    parser.add_argument("--math", help="a file with the rows of MATH-500")
    given = parser.parse_args()
    checked = {protocol: check(protocol, given.source, sha256) for protocol, sha256 in SHA256.items()}
    if given.mmlu:
        checked |= {f"{MMLU}, {shots} shots": check(MMLU, given.mmlu, sha256, shots=[shots]) for shots, sha256 in MMLU_SHA256.items()}
    if given.math:
        checked |= {protocol: check(protocol, given.math, sha256) for protocol, sha256 in MATH_SHA256.items()}
    print("\n".join(f"{protocol}: {said}" for protocol, said in checked.items()))
    return 0 if all(said.endswith("equal") for said in checked.values()) else 1


def check(protocol: str, source: str, sha256: str, **given: object) -> str:
    """How many prompts are equal, or what is wrong."""
    if source == "hub" and protocols()[protocol].benchmark != "gsm8k":
        return "not checked, its rows on the hub are others; give a FOLDER with GSM8K's"
    try:
        asked = cases_of(protocols()[protocol], source=source, **given)
    except BenchmarkError as error:
        return f"not checked: {error}"
    found = hashlib.sha256("\0".join(case.text for case in asked).encode()).hexdigest()
    return f"{len(asked)} prompts, {'equal' if found == sha256 else f'OTHERS: sha256 {found}, not {sha256}'}"


if __name__ == "__main__":
    sys.exit(main())
