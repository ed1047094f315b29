"""What every test runs under, in processes of its own too: one thread, bytecode kept, a Ctrl-C that arrives, no deadlines."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator

import pytest
from hypothesis import settings

# Before anything imports torch. The checkpoints of the tests are small: threads would wait for one another, the more the busier it is.
os.environ["OMP_NUM_THREADS"] = "1"

# The runs of tests speak English, whoever has them run.
os.environ["LANGUAGE"] = "en"

# Hundreds of processes that tests start would each compile the package anew, and rewrite its asserts: 1.5 s of processor time each.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A shell that starts this in the background has SIGINT ignored, here and in all children: tests that interrupt a run would wait in vain.
if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# nohup has SIGHUP ignored, likewise. It stays without effect here; a handler, unlike SIG_IGN, is not handed down.
if threading.current_thread() is threading.main_thread() and signal.getsignal(getattr(signal, "SIGHUP", signal.SIGINT)) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda *_: None)

settings.register_profile("unhurried", deadline=None)  # a busy machine is no fault
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def _no_worker() -> Iterator[None]:
    """A run that a test starts is no worker of ours, whatever this process is: syrupy would take it for one and compare nothing."""
    worker = os.environ.pop("PYTEST_XDIST_WORKER", None)
    yield
    if worker is not None:
        os.environ["PYTEST_XDIST_WORKER"] = worker
