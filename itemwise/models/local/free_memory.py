"""How much memory a model may still take: of its GPU, or of the machine and the container it runs in."""

from __future__ import annotations

from pathlib import Path

import psutil
import torch

__all__ = ["free_bytes"]

CGROUP = Path("/sys/fs/cgroup")
_LIMITS = (  # of a container, its use and what is in it, in either version of cgroups
    ("memory.max", "memory.current", "memory.stat"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat"),
)


def free_bytes(device: torch.device, cgroup: Path = CGROUP) -> int:
    """Bytes that are free on `device` now, those among them that torch holds in reserve."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0] + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device))
    return min([int(psutil.virtual_memory().available), *(_left(cgroup, *names) for names in _LIMITS if (cgroup / names[0]).is_file())])


def _left(cgroup: Path, limit: str, usage: str, statistics: str) -> int:
    """What a container may still take; pages of files that nobody reads count as free."""
    most = (cgroup / limit).read_text().strip()
    if most == "max":
        return int(psutil.virtual_memory().available)
    numbers = dict(line.split() for line in (cgroup / statistics).read_text().splitlines())
    return max(0, int(most) - int((cgroup / usage).read_text()) + int(numbers.get("inactive_file", 0)))
