"""`transformers serve` as a process of its own: a real OpenAI-compatible server on the loopback, of a checkpoint that is here."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

__all__ = ["Serving"]


class Serving:
    """The model in `folder`, served under the folder's name in float32, as a local model computes on a CPU. Writes into `log`."""

    def __init__(self, folder: Path, log: Path) -> None:
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            self.port = listening.getsockname()[1]
        self._folder = folder
        self._log = log
        self.start()

    @property
    def url(self) -> str:
        """Where it is; `named` is what --model takes."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def named(self) -> str:
        return f"{self.url}#{self._folder.name}"

    def start(self) -> None:
        """Start it, and again after `kill`, at the same port."""
        command = [str(Path(sys.executable).with_name("transformers")), "serve", self._folder.name, "--device", "cpu", "--dtype", "float32"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--host", "127.0.0.1", "--port", str(self.port)],
                cwd=self._folder.parent,
                env=os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
                stdout=log,
                stderr=log,
            )

    def wait(self) -> None:
        """Until it answers."""
        while True:
            if self._process.poll() is not None:
                raise RuntimeError(f"transformers serve exited {self._process.returncode}:\n{self._log.read_text()[-2000:]}")
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=10).close()
                return
            except OSError:
                time.sleep(0.1)

    def kill(self) -> None:
        """End it at once, whatever it is at."""
        self._process.kill()
        self._process.wait()
