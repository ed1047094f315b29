"""Replies once paid for are there again, and nothing else ever is."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from itemwise.cases.chat import Turn
from itemwise.cases.picture import Picture
from itemwise.cases.reply import Reply, Verdict
from itemwise.models import Generation, Request
from itemwise.results import store as store_module
from itemwise.results.entry import Entry
from itemwise.results.store import MACHINE, VERSION, ModelReplies, Store, StoreError, key_of
from tests.reporting.conftest import an_entry

IDENTITY = {
    "location": "",
    "revision": "sha256:12",
    "quantisation": "nf4",
    "compute": "cpu",
    "system": "",
    "decoding": "greedy",
    "max_new_tokens": "512",
    "versions": "torch 2.6",
}
TOOL = {"type": "function", "function": {"name": "calculator"}}
ASKED = Request((Turn("user", "6*7?"),))
SAID = Generation("42", "stop", 12, 3)
GIVEN = Reply("42", "stop", 12, 3, 0.5, 1, ())


def replies(path: Path, *, fresh: bool = False, replay: bool = False, **changed: str) -> ModelReplies:
    return ModelReplies(Store(path), IDENTITY | changed, fresh=fresh, replay=replay)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "replies.sqlite"


@pytest.fixture
def filled(path: Path) -> Path:
    """A store of fifty replies that span many pages."""
    memory = replies(path)
    memory.keep([(Request((Turn("user", f"{number}?"),)), replace(SAID, text="y" * 500)) for number in range(50)])
    memory.store.close()
    return path


def is_intact(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)])


def test_a_reply_kept_is_recalled_by_another_process_of_the_same_model(path: Path) -> None:
    replies(path).keep([(ASKED, SAID)])
    assert replies(path).recall(ASKED) == SAID


def test_every_character_of_a_reply_comes_back(path: Path) -> None:
    odd = replace(SAID, text="\x00\x1b[31m\ud800 一 </script>\r\n")
    memory = replies(path)
    memory.keep([(ASKED, odd)])
    assert odd == memory.recall(ASKED)


def test_what_was_never_asked_is_not_known(path: Path) -> None:
    assert replies(path).recall(ASKED) is None


def test_fresh_recalls_nothing_and_replaces_what_was_kept(path: Path) -> None:
    replies(path).keep([(ASKED, SAID)])
    anew = replies(path, fresh=True)
    assert anew.recall(ASKED) is None
    anew.keep([(ASKED, replace(SAID, text="43"))])
    assert replies(path).recall(ASKED) == replace(SAID, text="43")
    assert len(anew.store) == 1


def test_a_fresh_run_asks_no_question_twice(path: Path) -> None:
    """As a run that is not fresh: what it said itself a moment ago is said."""
    replies(path).keep([(ASKED, SAID)])
    anew = replies(path, fresh=True)
    anew.keep([(ASKED, replace(SAID, text="43"))])
    assert anew.recall(ASKED) == replace(SAID, text="43")
    assert replies(path, fresh=True).recall(ASKED) is None


@pytest.mark.parametrize("field", IDENTITY)
def test_a_model_that_differs_in_one_thing_is_another(path: Path, field: str) -> None:
    replies(path).keep([(ASKED, SAID)])
    assert replies(path, **{field: "other"}).recall(ASKED) is None


@pytest.mark.parametrize(
    "other",
    [
        Request((Turn("user", "6*7? "),)),
        Request((Turn("system", "6*7?"),)),
        Request((Turn("user", "6*7?"), Turn("assistant", "42"))),
        Request((Turn("assistant", ""), Turn("user", "6*7?"))),
        Request(ASKED.turns, (TOOL,)),
    ],
)
def test_a_request_that_differs_in_one_thing_is_another(path: Path, other: Request) -> None:
    memory = replies(path)
    memory.keep([(ASKED, SAID)])
    assert memory.recall(other) is None


def test_turns_are_never_run_together(path: Path) -> None:
    memory = replies(path)
    memory.keep([(Request((Turn("user", "ab"), Turn("user", "c"))), SAID)])
    assert memory.recall(Request((Turn("user", "a"), Turn("user", "bc")))) is None


def test_the_key_does_not_depend_on_the_order_of_names() -> None:
    assert key_of({"a": 1, "b": {"c": 2, "d": 3}}) == key_of({"b": {"d": 3, "c": 2}, "a": 1})


@pytest.mark.parametrize("field", MACHINE)
def test_replay_recalls_what_another_machine_was_told(path: Path, field: str) -> None:
    replies(path, **{field: "other"}).keep([(ASKED, SAID)])
    assert replies(path, replay=True).recall(ASKED) == SAID


@pytest.mark.parametrize("field", sorted(set(IDENTITY) - set(MACHINE)))
def test_replay_never_recalls_another_model(path: Path, field: str) -> None:
    replies(path, **{field: "other"}).keep([(ASKED, SAID)])
    assert replies(path, replay=True).recall(ASKED) is None


def test_replay_prefers_this_machine_and_then_the_newest(path: Path) -> None:
    for name in ("first", "second"):
        replies(path, compute=name).keep([(ASKED, replace(SAID, text=name))])
    assert replies(path, compute="first", replay=True).recall(ASKED) == replace(SAID, text="first")
    assert replies(path, compute="third", replay=True).recall(ASKED) == replace(SAID, text="second")


@pytest.mark.parametrize("compute", ["cpu, bfloat16", "cuda"])
def test_scores_in_a_short_type_from_before_its_output_layer_was_in_float32_are_not_recalled(path: Path, compute: str) -> None:
    scored, said = replace(ASKED, continuations=("42", "41")), replace(SAID, logprobs=(-1.0, -2.0))
    short = replies(path, compute=compute)
    short.store.keep_replies([({"model": dict(short.identity), **scored.record()}, said)])
    assert short.recall(scored) is None
    time.sleep(0.005)  # the newest is recalled elsewhere, to a millisecond
    short.keep([(scored, replace(said, logprobs=(-1.1, -2.1)))])
    recalled = short.recall(scored), replies(path, replay=True).recall(scored)
    assert [each and each.logprobs for each in recalled] == [(-1.1, -2.1)] * 2
    for compute in ("cpu", "cuda, float32"):
        whole = replies(path, compute=compute)
        whole.store.keep_replies([({"model": dict(whole.identity), **scored.record()}, said)])
        assert whole.recall(scored) == said


def test_descriptions_and_verdicts_come_back_for_their_own_run_only(path: Path) -> None:
    store = Store(path)
    store.keep_description("model", {"device": "cpu"})
    store.keep_verdicts([("run", "b", '{"verdict": "wrong"}'), ("run", "a", '{"verdict": "wrong"}'), ("other", "a", "{}")])
    store.keep_verdicts([("run", "b", '{"verdict": "correct"}')])
    assert (store.description("model"), store.description("other")) == ({"device": "cpu"}, None)
    assert list(store.verdicts("run", dict)) == [{"verdict": "wrong"}, {"verdict": "correct"}]
    assert list(store.verdicts("run", dict, but={"a"})) == [{"verdict": "correct"}]


def alter(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def other_database(path: Path) -> None:
    alter(path, "CREATE TABLE mine (a)")


def newer(path: Path) -> None:
    Store(path).close()
    alter(path, f"PRAGMA user_version = {VERSION + 1}")


def header_lost(path: Path) -> None:
    Store(path).close()
    path.write_bytes(bytes(16) + path.read_bytes()[16:])


@pytest.mark.parametrize(
    ("spoil", "why", "remedy"),
    [
        (lambda path: path.write_text("notes\n" * 99), "damaged or no store", "move it away"),
        (lambda path: path.write_text("x"), "damaged or no store", "move it away"),  # SQLite would take it for an empty file
        (header_lost, "damaged or no store", "move it away"),
        (other_database, "a database of something else", "give another file as --store"),
        (newer, f"written by a newer itemwise (format {VERSION + 1}, this one knows {VERSION})", "upgrade"),
    ],
    ids=["text", "one character", "no header", "another database", "newer"],
)
def test_a_file_that_is_no_store_of_ours_is_refused_and_left_alone(
    path: Path, spoil: Callable[[Path], object], why: str, remedy: str
) -> None:
    spoil(path)
    before = path.read_bytes()
    with pytest.raises(StoreError) as refused:
        Store(path)
    assert str(path) in str(refused.value)
    assert why in str(refused.value)
    assert remedy in str(refused.value)
    assert before == path.read_bytes()
    assert [path] == list(path.parent.iterdir())


@pytest.mark.parametrize("kept", [50, 100, 4096, 20_000])
def test_a_store_cut_short_is_refused_and_left_alone(filled: Path, kept: int) -> None:
    filled.write_bytes(filled.read_bytes()[:kept])
    before = filled.read_bytes()
    with pytest.raises(StoreError, match="is damaged or no store"):
        Store(filled)
    assert before == filled.read_bytes()


def test_damage_inside_a_store_shows_when_it_is_read_and_is_never_written_over(filled: Path) -> None:
    content = filled.read_bytes()
    filled.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    before = filled.read_bytes()
    memory = replies(filled)
    with pytest.raises(StoreError, match="is damaged"):
        memory.recall(ASKED)
    with pytest.raises(StoreError, match="is damaged"):
        memory.keep([(ASKED, SAID)])
    memory.store.close()
    assert before == filled.read_bytes()


def test_a_record_that_cannot_be_read_is_damage(path: Path) -> None:
    memory = replies(path)
    memory.keep([(ASKED, SAID)])
    alter(path, "UPDATE replies SET said = substr(said, 5)")
    with pytest.raises(StoreError, match="is damaged"):
        memory.recall(ASKED)


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="give another file as --store"):
        Store(tmp_path)


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StoreError, match="give another file as --store"):
        Store(tmp_path / "taken" / "replies.sqlite")


KEEPER = """
import sys
from pathlib import Path
from itemwise.models import Generation
from itemwise.results.store import Store, StoreError

def batch(name, size=100):
    said = [Generation("y" * 900, "stop", 1, 1)] * size
    return [({"model": {}, "turns": [name, number], "tools": []}, each) for number, each in enumerate(said)]
"""


def keeper(body: str, *arguments: object, **options: object) -> subprocess.Popen[str]:
    """A process that has a store, and does `body`."""
    command = [sys.executable, "-c", KEEPER + textwrap.dedent(body), *map(str, arguments)]
    return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)  # type: ignore[call-overload,no-any-return]


def test_processes_that_make_and_write_one_store_at_once_lose_nothing(path: Path) -> None:
    work = """
    sys.stdin.readline()
    store = Store(Path(sys.argv[1]))
    for number in range(10):
        store.keep_replies(batch(f"{sys.argv[2]}-{number}", size=4))
    """
    writers = [keeper(work, path, number, stdin=subprocess.PIPE) for number in range(4)]
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    assert [writer.communicate(timeout=600)[0] for writer in writers] == [""] * 4
    assert len(Store(path)) == 4 * 10 * 4
    assert is_intact(path)


def test_a_process_killed_in_the_middle_of_a_batch_leaves_none_of_it(path: Path) -> None:
    writer = keeper(
        """
        store = Store(Path(sys.argv[1]))
        store.keep_replies(batch("whole"))
        store._connection.execute("PRAGMA cache_size = 1")  # so that an unfinished batch reaches the file
        with store._transaction():
            for asked, said in batch("half", 400):
                store._connection.execute("INSERT INTO replies (key, said) VALUES (?, ?)", (str(asked), said.text))
            print("in the middle", flush=True)
            sys.stdin.read()
        """,
        path,
        stdin=subprocess.PIPE,
    )
    assert writer.stdout
    assert writer.stdout.readline() == "in the middle\n"
    assert path.with_name(path.name + "-wal").stat().st_size > 200_000
    writer.send_signal(signal.SIGKILL)
    writer.communicate(timeout=600)
    assert len(Store(path)) == 100
    assert is_intact(path)


FILL = """
store = Store(Path(sys.argv[1]))
for number in range(1000):
    try:
        store.keep_replies(batch(str(number), size=10))
    except StoreError as error:
        print(number, error)
        break
print(len(store))
"""


def test_a_limit_on_the_size_of_files_loses_no_batch_that_was_kept(path: Path) -> None:
    limit = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))\n"  # Python ignores SIGXFSZ
    out, _ = keeper(limit + FILL, path).communicate(timeout=600)
    stopped, kept = out.splitlines()
    assert f"{path} cannot be used" in stopped
    assert "Free space or rights there, or give another file as --store." in stopped
    assert int(stopped.split()[0]) * 10 == int(kept) == len(Store(path)) > 0
    assert is_intact(path)


@pytest.fixture
def mounted(tmp_path: Path) -> Callable[[str, str], str]:
    """Runs a keeper beside a file system of one megabyte of its own, mounted with options; only root may."""

    def run(options: str, body: str) -> str:
        folder = tmp_path / "mounted"
        folder.mkdir(exist_ok=True)
        script = f'mount -t tmpfs -o size=1m tmpfs "{folder}" && exec "$@"'
        program = KEEPER + f"folder = Path({str(folder)!r})\n" + textwrap.dedent(body)
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", script, "sh", sys.executable, "-c", program, f"{folder}/replies.sqlite"],
            capture_output=True,
            text=True,
            timeout=600,
        )
        if not done.stdout and ("unshare" in done.stderr or "mount" in done.stderr):
            pytest.skip("no file system may be mounted here")
        return done.stdout + done.stderr

    return run


def test_a_full_disk_loses_no_batch_that_was_kept(mounted: Callable[[str, str], str]) -> None:
    check = """
    import sqlite3
    store.close()
    print(len(Store(Path(sys.argv[1]))), sqlite3.connect(sys.argv[1]).execute("PRAGMA integrity_check").fetchall())
    """
    stopped, kept, reopened = mounted("", FILL + textwrap.dedent(check)).splitlines()
    assert "database or disk is full" in stopped
    assert "Free space or rights there, or give another file as --store." in stopped
    assert int(stopped.split()[0]) * 10 == int(kept) > 0
    assert reopened == f"{kept} [('ok',)]"


def test_a_full_disk_is_written_to_again_once_there_is_space(mounted: Callable[[str, str], str]) -> None:
    out = mounted(
        "",
        """
        ballast = folder / "ballast"
        ballast.write_bytes(bytes(700_000))
        store = Store(Path(sys.argv[1]))
        kept = 0
        for number in range(100):
            try:
                store.keep_replies(batch(str(number), size=10))
                kept += 10
            except StoreError:
                ballast.unlink(missing_ok=True)
                store.keep_replies(batch(str(number), size=10))
                kept += 10
                break
        print(not ballast.exists(), kept == len(store))
        """,
    )
    assert out == "True True\n"


def test_a_folder_that_is_read_only_is_named_with_what_to_do(mounted: Callable[[str, str], str]) -> None:
    out = mounted(
        "",
        """
        import subprocess
        path = Path(sys.argv[1])
        Store(path).close()
        before = path.read_bytes()
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        for wanted in (path, folder / "new.sqlite"):
            try:
                Store(wanted)
            except StoreError as error:
                print(str(wanted) in str(error), "--store" in str(error), path.read_bytes() == before)
        """,
    )
    assert out == "True True True\n" * 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_rights_is_named_with_what_to_do(path: Path) -> None:
    path.parent.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="give another file as --store"):
            Store(path)
    finally:
        path.parent.chmod(0o700)


def test_stores_of_one_process_keep_their_hold_on_the_file_while_another_process_comes_and_goes(path: Path) -> None:
    """A second look at the file by other means than SQLite would drop the locks of the first (POSIX), and whoever comes and
    goes would then take away the log that this process writes into."""
    first = Store(path)
    first.keep_replies([])
    second = Store(path)
    log = path.with_name(path.name + "-wal")
    before = log.stat().st_ino
    out, _ = keeper("store = Store(Path(sys.argv[1]))\nstore.keep_replies(batch('other', 3))\nstore.close()\n", path).communicate(
        timeout=600
    )
    assert out == ""
    assert log.stat().st_ino == before
    asked = [({"model": {}, "turns": [number], "tools": []}, SAID) for number in range(5)]
    first.keep_replies(asked)
    second.close()
    first.close()
    assert len(Store(path)) == 8
    assert is_intact(path)


def test_a_store_that_is_removed_or_replaced_while_in_use_says_so_at_the_next_write(path: Path) -> None:
    store = Store(path)
    path.unlink()
    with pytest.raises(StoreError, match="removed or replaced while in use"):
        store.keep_replies([({"model": {}, "turns": [], "tools": []}, SAID)])
    Store(path).close()
    with pytest.raises(StoreError, match="removed or replaced while in use"):
        store.keep_description("model", {})


def test_a_process_whose_log_was_taken_away_overwrites_nothing_of_others(path: Path) -> None:
    """A suite that reads the store's file itself drops the locks of its process (POSIX): others then take the log away."""
    store = Store(path)
    store.keep_replies([({"model": {}, "turns": [number], "tools": []}, SAID) for number in range(100)])
    path.read_bytes()
    for name in ("one", "two"):
        body = f"store = Store(Path(sys.argv[1]))\nstore.keep_replies(batch({name!r}))\nstore.close()\n"
        assert keeper(body, path).communicate(timeout=600) == ("", None)
    with pytest.raises(StoreError, match="removed or replaced while in use"):
        store.keep_replies([({"model": {}, "turns": ["late", number], "tools": []}, SAID) for number in range(100)])
    store.close()
    assert is_intact(path)
    assert len(Store(path)) == 300


def test_the_log_of_a_store_that_is_reached_by_a_link_is_watched_where_it_lies(path: Path) -> None:
    link = path.parent / "elsewhere" / "link.sqlite"
    link.parent.mkdir()
    Store(path).close()
    link.symlink_to(path)
    store = Store(link)
    path.with_name(f"{path.name}-wal").unlink()
    with pytest.raises(StoreError, match="removed or replaced while in use"):
        store.keep_description("model", {})


def test_what_is_kept_moves_into_the_file_itself_now_and_then_and_when_it_is_closed(path: Path) -> None:
    """A copy of the one file, as a CI takes it of a run that is killed, holds it."""
    copy = path.with_name("copy.sqlite")

    def copied() -> int:
        copy.write_bytes(path.read_bytes())
        with closing(sqlite3.connect(copy)) as connection:
            return int(connection.execute("SELECT count(*) FROM replies").fetchone()[0])

    program = """
    import itemwise.results.store
    itemwise.results.store.CHECKPOINT_EVERY = float(sys.argv[2])
    store = Store(Path(sys.argv[1]))
    for number in range(3):
        store.keep_replies(batch(str(number), 2))
    print("kept", flush=True)
    sys.stdin.read()
    store.close()
    """
    for every, at_once in ((99, 0), (0, 6)):
        path.unlink(missing_ok=True)
        beside = keeper("store = Store(Path(sys.argv[1]))\nprint('open', flush=True)\nsys.stdin.read()", path, stdin=subprocess.PIPE)
        assert beside.stdout
        assert beside.stdout.readline() == "open\n"  # so that nobody is the last to close
        writer = keeper(program, path, every, stdin=subprocess.PIPE)
        assert writer.stdout
        assert writer.stdout.readline() == "kept\n"
        assert copied() == at_once
        writer.communicate(timeout=600)
        assert copied() == 6
        beside.kill()
        beside.communicate(timeout=600)
        for left in path.parent.glob(path.name + "*"):
            left.unlink()


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE replies SET said = substr(said, 5)", "replies, row {key}"),
        ("UPDATE replies SET said = NULL", "replies, row {key}"),
        ("UPDATE replies SET said = 7", "replies, row {key}"),
        ("UPDATE replies SET said = x'ff00'", "replies, row {key}"),
        ("UPDATE replies SET said = CAST(x'22ff22' AS TEXT)", "replies, row {key}"),
        ("UPDATE replies SET said = '[]'", "replies, row {key}"),
        ("UPDATE replies SET said = json_remove(said, '$.text')", "replies, row {key}"),
        ("UPDATE replies SET said = json_set(said, '$.text', 5)", "replies, row {key}"),
        ("UPDATE replies SET said = json_set(said, '$.completion_tokens', 'many')", "replies, row {key}"),
        ("UPDATE replies SET said = json_set(said, '$.more', 1)", "replies, row {key}"),
        ("UPDATE replies SET said = json_set(said, '$.calls', json('[1]'))", "replies, row {key}"),
        ("UPDATE models SET described = '{\"a\": 1}'", "models, row m"),
        ("UPDATE models SET described = 'x'", "models, row m"),
        ("UPDATE pictures SET content = x'00'", "pictures, row {sha}: its content has another hash"),
        ("UPDATE pictures SET content = 'text'", "pictures, row {sha}: its content has another hash"),
        ("UPDATE verdicts SET entry = '{'", "verdicts, row run node"),
        ("UPDATE verdicts SET entry = '{}'", "verdicts, row run node"),
        ("UPDATE verdicts SET entry = '[]'", "verdicts, row run node"),
        ("UPDATE verdicts SET entry = json_set(entry, '$.verdict', 'maybe')", "verdicts, row run node"),
        ("UPDATE verdicts SET entry = json_set(entry, '$.reply', 5)", "verdicts, row run node"),
        ("UPDATE verdicts SET entry = json_set(entry, '$.reply.seconds', 'x')", "verdicts, row run node"),
        ("UPDATE verdicts SET entry = json_set(entry, '$.prompt', 5)", "verdicts, row run node"),
    ],
)
def test_a_damaged_row_is_named(path: Path, statement: str, row: str) -> None:
    memory = replies(path)
    picture = Picture("p", lambda: b"\x89PNG\r\n\x1a\n")
    asked = Request((Turn("user", "6*7?", pictures=(picture,)),))
    memory.keep([(asked, SAID)])
    memory.store.keep_description("m", {"device": "cpu"})
    entry = an_entry(0, Verdict.WRONG, reply=GIVEN)
    memory.store.keep_verdicts([("run", "node", json.dumps(entry.record()))])

    def read() -> object:
        store = memory.store
        return memory.recall(asked), store.description("m"), store.picture(picture.sha256), list(store.verdicts("run", Entry.from_record))

    assert read() == (SAID, {"device": "cpu"}, picture.content, [entry])
    alter(path, statement)
    with pytest.raises(StoreError, match="is damaged") as refused:
        read()
    assert row.format(key=key_of(memory._asked(asked)), sha=picture.sha256) in str(refused.value)
    assert "delete that row, or give another file as --store" in str(refused.value)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.skipif(os.name != "posix", reason="rights of other kinds")
def test_a_store_and_what_lies_beside_it_are_private_to_their_user_where_they_are_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "replies.sqlite"
    store = Store(path)
    store.keep_replies([({"model": {}, "turns": [], "tools": []}, SAID)])
    beside = sorted(path.parent.iterdir())
    assert [file.name for file in beside] == ["replies.sqlite", "replies.sqlite-shm", "replies.sqlite-wal"]
    assert {mode(file) for file in beside} == {0o600}
    assert {mode(path.parent), mode(path.parent.parent)} == {0o700}


@pytest.mark.skipif(os.name != "posix", reason="rights of other kinds")
def test_a_store_that_is_there_keeps_its_rights(path: Path) -> None:
    Store(path).close()
    path.chmod(0o664)
    Store(path).close()
    assert mode(path) == 0o664


WITHOUT_SHARED_MEMORY = "vfs=unix-dotfile"  # of SQLite's own ways to a file one that has no write-ahead log


def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the store's file opened as if on a file system without shared memory."""
    connect = sqlite3.connect

    def connected(path: Path, **options: Any) -> sqlite3.Connection:
        return connect(f"{path.as_uri()}?{WITHOUT_SHARED_MEMORY}", uri=True, **options)

    monkeypatch.setattr(store_module.sqlite3, "connect", connected)


@pytest.mark.parametrize("was", ["new", "in WAL"])
def test_where_write_ahead_logging_cannot_be_had_a_rollback_journal_keeps_as_well_and_it_is_said(
    path: Path, monkeypatch: pytest.MonkeyPatch, was: str
) -> None:
    asked = {"model": {}, "turns": ["new"], "tools": []}
    if was != "new":
        Store(path).close()
    with monkeypatch.context() as patched:
        elsewhere(patched)
        store = Store(path)
        assert "write-ahead logging cannot be had" in store.note
        assert "rollback journal" in store.note
        store.keep_replies([(asked, SAID)])
        store.close()
    assert Store(path).reply(key_of(asked)) == SAID
    assert is_intact(path)


def test_on_a_network_file_system_write_ahead_logging_is_not_tried(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(path).close()
    monkeypatch.setattr(store_module, "_network_of", lambda folder: "nfs4")
    store = Store(path)
    assert "lies on a network file system (nfs4)" in store.note
    store.keep_replies([({"model": {}, "turns": [], "tools": []}, SAID)])
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_what_was_told_apart_from_a_reply_is_kept_with_it_under_the_same_key(path: Path) -> None:
    odd = replace(SAID, reasoning="41?", refusal="No.", native_finish_reason="content_filter")
    replies(path).keep([(ASKED, odd)])
    found = replies(path).recall(ASKED)
    assert found == odd
    assert found.native_finish_reason == "content_filter"


def test_a_reply_that_was_kept_before_there_was_reasoning_is_recalled_and_written_as_before(path: Path) -> None:
    memory = replies(path)
    memory.keep([(ASKED, SAID)])
    memory.store.close()
    with closing(sqlite3.connect(path)) as connection:
        ((said,),) = connection.execute("SELECT said FROM replies").fetchall()
    assert json.loads(said) == {"text": "42", "finish_reason": "stop", "prompt_tokens": 12, "completion_tokens": 3, "calls": None}
    assert replies(path).recall(ASKED) == SAID
