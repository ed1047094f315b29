"""``python -m itemwise``: look at runs, compare, merge and log them, read replies anew, list models and benchmarks, look into a model."""

import argparse
import os
import re
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

from itemwise.commands import CommandError
from itemwise.commands.benchmarks import benchmarks
from itemwise.commands.compare import compare
from itemwise.commands.copy_benchmarks import copy_benchmarks
from itemwise.commands.export import FORMATS, export
from itemwise.commands.extractors import compare_extractors
from itemwise.commands.log import log
from itemwise.commands.merge import merge
from itemwise.commands.models import models
from itemwise.commands.runs import runs
from itemwise.commands.save_baseline import save_baseline
from itemwise.commands.show import show
from itemwise.commands.structure import structure
from itemwise.language import LANGUAGES, Language, language_named, locale_language
from itemwise.models import QUANTISATIONS
from itemwise.results.baseline_file import BASELINE
from itemwise.results.run_folder import LATEST, REPORTS, RunFolderError
from itemwise.results.safe_text import printable
from itemwise.trackers import tracker_names

RUN = "a run's folder, or its name under reports/, such as latest"
RUN_OR_FILE = f"{RUN}, or a baseline's file"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says. The exit status: 0 done, 1 a gate did not pass or a run is not logged, 2 bad input, with a line on
    stderr that says what."""
    given = _parser().parse_args(arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # replies hold any character, terminals do not
    try:
        status: int | None = given.do(given)
        sys.stdout.flush()
    except (CommandError, RunFolderError) as error:
        print(f"python -m itemwise {given.command}: {printable(str(error))}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status or 0


def _language(given: argparse.Namespace) -> Language:
    """The language asked for, else the locale's."""
    return language_named(given.lang) if given.lang else locale_language()


def _runs(given: argparse.Namespace) -> None:
    runs(Path(given.reports), last=given.last, page=given.html, keep=given.keep, kept=given.but, say=_language(given))


def _compare_extractors(given: argparse.Namespace) -> None:
    """Say on stderr where a former name was used, and what it is now; it works all the same."""
    renamed = ["panel is now extractors"] if given.command == "panel" else []
    renamed += ["--reader is now --extractor"] if given.reader else []
    if renamed:
        print(f"python -m itemwise {given.command}: {', '.join(renamed)}; the former name still works", file=sys.stderr)
    compare_extractors(given.run, [*given.extractor, *given.reader], given.most, _language(given))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m itemwise", description=__doc__)
    told = argparse.ArgumentParser(add_help=False)
    told.add_argument("--lang", choices=LANGUAGES, help="language of what is printed and of pages (default: the locale's, else en)")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    shown = commands.add_parser("show", parents=[told], help="print what a run was, on what, and what it came to")
    shown.add_argument("run", metavar="RUN", help=RUN_OR_FILE)
    shown.set_defaults(do=lambda given: show(given.run, _language(given)))
    compared = commands.add_parser("compare", parents=[told], help="compare accuracies on the same cases, pair by pair")
    compared.add_argument("runs", metavar="RUN", nargs="+", help=RUN_OR_FILE)
    compared.add_argument("--html", metavar="FILE", help="also write a page that shows the replies to every case side by side")
    compared.add_argument("--all-pairs", action="store_true", help="pair all with all, also what differs in more than the runs do")
    compared.set_defaults(do=lambda given: compare(given.runs, given.html, _language(given), every=given.all_pairs))
    listed = commands.add_parser("runs", parents=[told], help="all runs, each measurement against the run before; removes old ones")
    listed.add_argument("--reports", metavar="DIR", default=str(REPORTS), help="the folder of the runs (default: reports)")
    listed.add_argument("--last", metavar="N", type=_count, default=20, help="how many of the newest runs (default: 20)")
    listed.add_argument("--html", metavar="FILE", help="also write a page with the trend of each measurement")
    listed.add_argument("--keep", metavar="N", type=_count, help="remove all runs but the N newest and the latest")
    listed.add_argument(
        "--but", metavar="RUN", action="append", default=[], help="with --keep, a run that stays, such as a baseline; repeatable"
    )
    listed.set_defaults(do=_runs)
    merged = commands.add_parser("merge", parents=[told], help="make one run of its shards, with its own reports and gates")
    merged.add_argument("runs", metavar="RUN", nargs="+", help=RUN)
    merged.add_argument("--into", metavar="DIR", default=str(REPORTS), help="folder that receives the run's folder (default: reports)")
    merged.add_argument("--fail-under", metavar="GATE", action="append", default=[], help="gate instead of those of the shards; repeatable")
    merged.add_argument("--baseline", metavar="RUN", help="run, or baseline's file, to be no worse than, instead of that of the shards")
    merged.add_argument(
        "--log", choices=tracker_names(), action="append", default=[], help="tracker, instead of those of the shards; repeatable"
    )
    merged.set_defaults(do=lambda given: merge(given.runs, given.into, given.fail_under, given.baseline, given.log, _language(given)))
    logged = commands.add_parser("log", help="log a run to experiment trackers")
    logged.add_argument("run", metavar="RUN", help=RUN)
    logged.add_argument("--to", required=True, choices=tracker_names(), action="append", help="the tracker; repeatable")
    logged.set_defaults(do=lambda given: log(given.run, given.to))
    held = commands.add_parser("baseline", help="keep a run as a small file to commit, which --baseline and compare take")
    saved = held.add_subparsers(dest="do_with_baseline", required=True, metavar="save").add_parser("save", help="write the file of a run")
    saved.add_argument("run", metavar="RUN", nargs="?", default=LATEST, help=f"{RUN} (default: {LATEST})")
    saved.add_argument("--to", metavar="FILE", default=BASELINE, help=f"the file, overwritten if it is there (default: {BASELINE})")
    saved.set_defaults(do=lambda given: save_baseline(given.run, given.to))
    rejudging = "judge a run's stored replies with several extractors"
    judged = commands.add_parser("extractors", parents=[told], aliases=["panel"], help=rejudging)
    judged.add_argument("run", metavar="RUN", help=RUN)
    judged.add_argument("--extractor", metavar="MODULE:FUNCTION", action="append", default=[], help="one more extractor; repeatable")
    judged.add_argument("--reader", action="append", default=[], help=argparse.SUPPRESS)  # the former name of --extractor
    judged.add_argument("--most", metavar="N", type=_count, default=20, help="disagreements to list for each part (default: 20)")
    judged.set_defaults(do=_compare_extractors)
    exported = commands.add_parser("export", help="write a run in the files of others, to share it")
    exported.add_argument("run", metavar="RUN", help=RUN)
    exported.add_argument("--to", required=True, choices=FORMATS, help="whose files")
    exported.add_argument("--into", metavar="DIR", help="folder that receives the files (default: export/ in the run's own)")
    exported.add_argument("--dataset", metavar="OWNER/NAME@COMMIT", help="for model-card: the hub's dataset that rows of a file are of")
    exported.add_argument("--task", metavar="ID", help="for model-card: what the dataset calls the task (default: the benchmark's name)")
    exported.set_defaults(do=lambda given: export(given.run, given.to, given.into, given.dataset, given.task))
    listed = commands.add_parser("models", help="list the models known by name, and how sure their ids are")
    listed.set_defaults(do=lambda _: models())
    seen = commands.add_parser("structure", help="print what a model is made of, from its configuration, without its weights")
    seen.add_argument("model", metavar="MODEL", help="a registered name, a folder, or a hub id, as --model of a run takes it")
    seen.add_argument("--quant", choices=QUANTISATIONS, help="quantisation whose memory is told (default: nf4, of a GGUF none)")
    seen.add_argument("--picture", metavar="WxH", type=_size, default=(224, 224), help="size of a picture in pixels (default: 224x224)")
    seen.set_defaults(do=lambda given: structure(given.model, given.quant, given.picture))
    carded = commands.add_parser("benchmarks", help="list the benchmarks: version, size, licence, source and published numbers of each")
    carded.add_argument("folder", metavar="FOLDER", nargs="?", help="folder of benchmarks of your own (default: those of the installation)")
    carded.set_defaults(do=lambda given: benchmarks(given.folder))
    copied = commands.add_parser("copy-benchmarks", help="write the benchmarks into a folder, to run and to change")
    copied.add_argument("folder", metavar="FOLDER", nargs="?", default="benchmarks", help="made if it is not there (default: benchmarks)")
    copied.set_defaults(do=lambda given: copy_benchmarks(given.folder))
    return parser


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 0, got {text}")
    return int(text)


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([1-9][0-9]{0,5})x([1-9][0-9]{0,5})", text)
    if not found:
        raise argparse.ArgumentTypeError(f"must be width and height in pixels, such as 640x480, got {text}")
    return int(found[1]), int(found[2])


if __name__ == "__main__":
    sys.exit(main())
