"""Replies once paid for are there again, and nothing else ever is."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from itemwise.case import Turn
from itemwise.models import Generation, Request
from itemwise.store import MACHINE, VERSION, ModelReplies, Store, StoreError, key_of

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


def test_descriptions_and_verdicts_come_back_for_their_own_run_only(path: Path) -> None:
    store = Store(path)
    store.keep_description("model", {"device": "cpu"})
    store.keep_verdicts([("run", "b", {"verdict": "wrong"}), ("run", "a", {"verdict": "wrong"}), ("other", "a", {})])
    store.keep_verdicts([("run", "b", {"verdict": "correct"})])
    assert (store.description("model"), store.description("other")) == ({"device": "cpu"}, None)
    assert list(store.verdicts("run")) == [{"verdict": "wrong"}, {"verdict": "correct"}]
    assert list(store.verdicts("run", but={"a"})) == [{"verdict": "correct"}]


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
from itemwise.store import Store, StoreError

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
    assert [writer.communicate(timeout=60)[0] for writer in writers] == [""] * 4
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
    writer.communicate(timeout=60)
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
    out, _ = keeper(limit + FILL, path).communicate(timeout=60)
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
            timeout=60,
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
