"""Runs a command until its own standard input ends or says anything, and then ends the command's whole process group: whoever holds the
other end of that pipe may be interrupted, crash or be killed, and leaves no server behind. Run as a script."""

import contextlib
import os
import signal
import subprocess
import sys
import threading

PATIENCE = 10.0  # seconds between asking the group to end and killing it


def main() -> int:
    """Run the command of the arguments. Returns its exit status."""
    with subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True) as process:  # noqa: S603 - the user's own command
        threading.Thread(target=_end_when_closed, args=(process,), daemon=True).start()
        status = process.wait()
    _signal_group(process, "SIGKILL")  # of a server that has ended, what it started
    return status


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


if __name__ == "__main__":
    sys.exit(main())
