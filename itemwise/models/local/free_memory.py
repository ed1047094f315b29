"""Free memory of a GPU, or of the machine and the container (cgroup) this process runs in; giving it back."""

import ctypes
import sys
from pathlib import Path

import psutil
import torch

__all__ = ["free_bytes", "return_freed"]

CGROUP = Path("/sys/fs/cgroup")
_LIMITS = (  # a container's limit, usage and statistics, in either version of cgroups
    ("memory.max", "memory.current", "memory.stat"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat"),
)


def free_bytes(device: torch.device, cgroup: Path = CGROUP) -> int:
    """Bytes that are free on `device` now, what torch's allocator holds in reserve included."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0] + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device))
    containers = [_free_in_container(cgroup, *names) for names in _LIMITS if (cgroup / names[0]).is_file()]
    return min([int(psutil.virtual_memory().available), *containers])


def _free_in_container(cgroup: Path, limit: str, usage: str, statistics: str) -> int:
    """Bytes below a container's limit; inactive pages of files count as free."""
    most = (cgroup / limit).read_text().strip()
    if most == "max":
        return int(psutil.virtual_memory().available)
    numbers = dict(line.split() for line in (cgroup / statistics).read_text().splitlines())
    return max(0, int(most) - int((cgroup / usage).read_text()) + int(numbers.get("inactive_file", 0)))


def return_freed() -> None:
    """Give the system back what was freed and the C library still holds, as glibc does of memory in pieces; elsewhere nothing happens."""
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):  # musl has none
        trim(0)
