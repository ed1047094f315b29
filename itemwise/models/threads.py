"""How many CPU threads torch has for a model, how they wait for each other (OpenMP's wait policy), and how many kernels are kept."""

import os
import sys

import psutil

__all__ = ["SMALL", "keep_few_kernels", "threads_are_set", "threads_for", "threads_text", "wait_passively"]

SMALL = 100_000_000  # parameters of a model below which its products are too small to share: `python -m tools.bench_threads` measures it
WAITING = "OMP_WAIT_POLICY"  # what a thread of torch's does at a barrier; libgomp reads it once, when torch is imported
KERNEL_CACHES = ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY")  # oneDNN's own, and torch's beside it: 1,024 each by default
FEW_KERNELS = "64"
COUNTS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")  # by which a user says how many threads there are


def wait_passively() -> None:
    """Have torch's threads sleep while they wait for each other, unless the user says what they do, or torch is imported already: by
    default they spin, which takes the processor from whoever else has work. Call it before torch is imported."""
    if "torch" not in sys.modules and "GOMP_SPINCOUNT" not in os.environ:
        os.environ.setdefault(WAITING, "PASSIVE")


def keep_few_kernels() -> None:
    """Have oneDNN keep few kernels, unless the user says how many: it compiles one for each shape that it multiplies, and a running batch
    has another number of rows at most steps. Call it before the first product."""
    for name in KERNEL_CACHES:
        os.environ.setdefault(name, FEW_KERNELS)


def threads_for(parameters: int, world_size: int, now: int) -> int:
    """How many threads a model of so many `parameters` gets on a CPU that `world_size` processes share, where torch has `now`. A number
    that the user chose stays."""
    if threads_are_set(now):
        return now
    return 1 if parameters < SMALL else max(1, now // world_size)


def threads_are_set(now: int) -> bool:
    """Whether somebody chose how many threads torch has: by the environment, or as the number is none that torch takes by itself."""
    return any(name in os.environ for name in COUNTS) or now not in _core_counts()


def threads_text(threads: int, chosen: bool) -> str:
    """What is in force, as a run's description says it; `chosen` where the number is the user's own."""
    count = f"{threads} thread{'s' * (threads != 1)}{' as set' if chosen else ''}"
    waiting = os.environ.get("GOMP_SPINCOUNT")
    how = f"GOMP_SPINCOUNT {waiting}" if waiting else f"{os.environ.get(WAITING, 'active').lower()} waiting"
    return f"{count}, {how}"


def _core_counts() -> set[int]:
    """The numbers of threads that torch may take by itself: cores that this process may use, with or without hyper-threads."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    return {count for count in (allowed, os.cpu_count(), psutil.cpu_count(logical=False)) if count}
