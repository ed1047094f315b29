"""Runs a command until its own standard input ends or says anything, and then ends all that the command started: whoever holds the other
end of that pipe may be interrupted, crash or be killed, and leaves no server behind. Run as a script."""

import contextlib
import os
import signal
import subprocess
import sys
import threading

PATIENCE = 10.0  # seconds between asking the group to end and killing it
_DEATH_SIGNAL, _SUBREAPER = 1, 36  # PR_SET_PDEATHSIG and PR_SET_CHILD_SUBREAPER of Linux' prctl


def main() -> int:
    """Run the command of the arguments. Returns its exit status, 128 more than the number of a signal that ended it."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # of whoever ends a whole job: the server has its own, and the pipe tells of the rest
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: None)
    _prctl(_SUBREAPER, 1)  # what outlives its parent becomes a child of this process, in whatever session it is
    first = _end_with_parent if os.name == "posix" else None
    with subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=first) as process:  # noqa: S603
        threading.Thread(target=_end_when_closed, args=(process,), daemon=True).start()
        status = process.wait()
    _signal_group(process, "SIGKILL")  # of a server that has ended, what it started
    _kill_orphans()
    return status if status >= 0 else 128 - status  # of one that a signal ended, as shells tell it


def _end_when_closed(process: "subprocess.Popen[bytes]") -> None:
    os.read(0, 1)  # or the end; a buffered reader would be locked where the command ends first
    _signal_group(process, "SIGTERM")
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(PATIENCE)
    _signal_group(process, "SIGKILL")


def _signal_group(process: "subprocess.Popen[bytes]", name: str) -> None:
    with contextlib.suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, getattr(signal, name))
        else:  # Windows
            process.kill()


def _end_with_parent() -> None:
    """Have the server asked to end where this process is killed."""
    _prctl(_DEATH_SIGNAL, signal.SIGTERM)


def _prctl(option: int, value: int) -> None:
    """A setting of this process, where there are such: on Linux."""
    with contextlib.suppress(ImportError, OSError, AttributeError, TypeError):
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _kill_orphans() -> None:
    """Kill the children of this process, and theirs, which become its own by that, until there is none."""
    with contextlib.suppress(ChildProcessError, OSError):
        while True:
            with open(f"/proc/self/task/{os.getpid()}/children") as children:  # all are the main thread's; another may end meanwhile
                for pid in map(int, children.read().split()):
                    os.kill(pid, signal.SIGKILL)
            os.waitpid(-1, 0)  # until this says that there are none


if __name__ == "__main__":
    sys.exit(main())
