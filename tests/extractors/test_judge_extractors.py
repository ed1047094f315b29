"""The script that judges extractors counts what it says it counts."""

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "tools" / "judge_extractors.py"
ROWS = [
    {"id": "right", "output": "The answer is 5.", "stated_answer": "5", "gold": "5"},
    {"id": "none", "output": "I cannot tell.", "stated_answer": None, "gold": "5"},
    {"id": "mislabelled", "output": "The answer is 6.", "stated_answer": "5", "gold": "5"},
]


def test_it_counts_agreement_and_lists_what_was_misread(tmp_path: Path) -> None:
    labelled = tmp_path / "numbers.jsonl"
    labelled.write_text("\n".join(json.dumps(row) for row in ROWS), encoding="utf-8")
    done = subprocess.run([sys.executable, str(SCRIPT), str(labelled), "--show"], capture_output=True, text=True, check=True)
    ours = next(line for line in done.stdout.splitlines() if line.startswith("itemwise"))
    assert ours.split()[2:8] == ["66.7%", "0", "0", "0", "1", "0"]
    assert "mislabelled: stated '5', read Reading('6'" in done.stdout
