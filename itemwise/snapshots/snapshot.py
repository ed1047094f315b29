"""A snapshot: one case's reply as it is kept, its verdict and answer, and what generated it."""

from __future__ import annotations

import hashlib
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from itemwise.analysis.reply_changes import Outcome, outcome_of
from itemwise.results.entry import Entry

__all__ = ["MACHINE", "UNKNOWN", "Snapshot", "machine"]

MACHINE = "machine"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Snapshot:
    """`prompt` is a short hash of what was asked; `made` is what may decide the text beside it: the model's revision,
    quantisation and dtype, the machine, the batch size, the library versions."""

    verdict: str
    answer: str | None
    expected: str
    prompt: str
    text: str
    made: Mapping[str, str]

    @property
    def outcome(self) -> Outcome:
        """What a later reply is compared with."""
        return Outcome(self.verdict, self.answer, self.text)

    @classmethod
    def of(cls, entry: Entry, *, batch_size: int | None, cpu: str) -> Snapshot:
        """What became of a case that was answered, on a machine with the processor `cpu`."""
        prompt = hashlib.sha256(entry.texts().prompt.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        verdict, answer, text = outcome_of(entry)
        return cls(verdict, answer, entry.expected, prompt, text, _made(entry.model, batch_size, cpu))


def _made(model: Mapping[str, str], batch_size: int | None, cpu: str) -> dict[str, str]:
    made = {name.replace("_", " "): value for name, value in model.items()}
    versions = [part.partition(" ") for part in made.pop("versions", "").split(", ") if part]
    device = made.pop("device", None) or made.pop("compute", UNKNOWN)
    made[MACHINE] = cpu if device == "cpu" else device
    return {**made, "batch size": str(batch_size or "auto"), **{name: version for name, _, version in versions}}


def machine(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """This computer's processor, as far as it may decide the last bits of a sum: ``x86_64, GenuineIntel family 6, avx512f``."""
    try:
        text = cpuinfo.read_text(encoding="utf-8", errors="replace").partition("\n\n")[0]
    except OSError:
        text = ""
    fields = dict(re.findall(r"^(vendor_id|cpu family|CPU implementer|CPU part|flags)\s*:\s*(.*)$", text, re.MULTILINE))
    vendor = f"{fields['vendor_id']} family {fields.get('cpu family', '?')}" if "vendor_id" in fields else fields.get("CPU part", "")
    wide = next((flag for flag in ("avx512f", "avx2", "avx") if flag in fields.get("flags", "").split()), "")
    return ", ".join(part for part in (platform.machine(), vendor or platform.processor(), wide) if part)
