"""One case's reply as it is kept: what was said, what was read in it, and what said it."""

from __future__ import annotations

import hashlib
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from itemwise.results.ledger import Entry

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
    def right(self) -> bool:
        """Whether the reply was judged correct."""
        return self.verdict == "correct"

    @property
    def outcome(self) -> tuple[str, str | None, str]:
        """What a snapshot holds a later reply to."""
        return self.verdict, self.answer, self.text

    @classmethod
    def of(cls, entry: Entry, *, batch_size: int | None, cpu: str) -> Snapshot:
        """What became of a case that was answered, on a machine with the processor `cpu`."""
        prompt = hashlib.sha256(entry.prompt.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        made = _made(entry.model, batch_size, cpu)
        return cls(entry.verdict.value, entry.answer, entry.expected, prompt, entry.reply["text"], made)


def _made(model: Mapping[str, str], batch_size: int | None, cpu: str) -> dict[str, str]:
    said = {name.replace("_", " "): value for name, value in model.items()}
    versions = [part.partition(" ") for part in said.pop("versions", "").split(", ") if part]
    device = said.pop("device", None) or said.pop("compute", UNKNOWN)
    said[MACHINE] = cpu if device == "cpu" else device
    return {**said, "batch size": str(batch_size or "auto"), **{name: version for name, _, version in versions}}


def machine(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """This computer's processor, as far as it may decide the last bits of a sum: ``x86_64, GenuineIntel family 6, avx512f``."""
    try:
        text = cpuinfo.read_text(encoding="utf-8", errors="replace").partition("\n\n")[0]
    except OSError:
        text = ""
    found = dict(re.findall(r"^(vendor_id|cpu family|CPU implementer|CPU part|flags)\s*:\s*(.*)$", text, re.MULTILINE))
    vendor = f"{found['vendor_id']} family {found.get('cpu family', '?')}" if "vendor_id" in found else found.get("CPU part", "")
    wide = next((flag for flag in ("avx512f", "avx2", "avx") if flag in found.get("flags", "").split()), "")
    return ", ".join(part for part in (platform.machine(), vendor or platform.processor(), wide) if part)
