"""Does many commands in one process, so that the libraries are imported once. Jobs come as JSON on stdin, results leave on stdout."""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import json
import os
import runpy
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest

import itemwise.__main__

OLDEST = "OLDEST-RUN"  # stands for the name of the first run's folder


class _ParsedError(Exception):
    """The arguments were accepted; the tool goes no further."""


def _parse_only(parser: argparse.ArgumentParser, arguments: Any = None, namespace: Any = None) -> Any:
    _, unknown = parser.parse_known_args(arguments, namespace)
    if unknown:
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    raise _ParsedError


def _tool(words: list[str]) -> int:
    kept_parse, kept_words = argparse.ArgumentParser.parse_args, sys.argv
    argparse.ArgumentParser.parse_args, sys.argv = _parse_only, words  # type: ignore[method-assign]
    try:
        runpy.run_module(words[0], run_name="__main__")
    except _ParsedError:
        return 0
    finally:
        argparse.ArgumentParser.parse_args, sys.argv = kept_parse, kept_words  # type: ignore[method-assign]
    return 1  # it never looked at its arguments


def _done(kind: str, words: list[str], folder: str) -> int:
    os.chdir(folder)
    if OLDEST in words:
        oldest = min(run.parent.name for run in Path("reports").glob("*/run.json") if run.parent.name != "latest")
        words = [oldest if word == OLDEST else word for word in words]
    match kind:
        case "pytest":
            return int(pytest.main(words))
        case "itemwise":
            return itemwise.__main__.main(words)
    return _tool(words)


def _result(job: dict[str, Any]) -> dict[str, Any]:
    gc.freeze()  # pytest collects garbage at the end of every run: without this it would look through all of torch each time
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            status = _done(job["kind"], job["words"], job["folder"])
        except SystemExit as stop:  # how argparse refuses
            status = stop.code if isinstance(stop.code, int) else 1
        except Exception:
            traceback.print_exc()
            status = -1
    return {"status": status, "said": said.getvalue()}


if __name__ == "__main__":
    jobs = json.load(sys.stdin)
    results = [_result(job) for job in jobs]
    print(json.dumps(results))
