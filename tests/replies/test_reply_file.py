"""Files of replies: what each format tells, and what is refused with its line."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from itemwise.cases import gzipped
from itemwise.cases.chat import Turn
from itemwise.replies import RepliesError, read_replies, reply_files
from tests.traced import traced_peak


def written(folder: Path, *lines: Any, name: str = "answers.jsonl") -> Path:
    file = folder / name
    file.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return file


def test_jsonl_of_id_and_text_with_what_else_is_known(tmp_path: Path) -> None:
    whole = {"model": "org/m", "prompt": "1+1?", "finish_reason": "length", "prompt_tokens": 4, "completion_tokens": 2, "reasoning": "hm"}
    file = written(tmp_path, {"id": "sum-1", "text": "It is 2", **whole}, "", {"id": 7, "text": "", "completion_tokens": 0})
    found = read_replies(file)
    first, second = found.replies
    assert (first.id, first.text, first.question, first.place) == ("sum-1", "It is 2", "", "answers.jsonl, line 1")
    assert (second.id, second.place) == ("7", "answers.jsonl, line 3")
    assert (found.model, found.sha256) == ("org/m", hashlib.sha256(file.read_bytes()).hexdigest())
    assert found.identity == {"replies": found.sha256}

    reply = first.reply()
    assert (reply.text, reply.finish_reason, reply.truncated) == ("It is 2", "length", True)
    assert (reply.prompt_tokens, reply.completion_tokens, reply.generated, reply.seconds) == (4, 2, 0, 0.0)
    assert [(turn.role, turn.content) for turn in reply.turns] == [("user", "1+1?"), ("assistant", "It is 2")]
    assert (reply.reasoning, reply.notes) == ("hm", {"from": "answers.jsonl, line 1"})
    assert found.describe("m") == {
        "model": "m",
        "replies": "made elsewhere: 2 in answers.jsonl (jsonl)",
        "sha256": found.sha256,
        "made by": "org/m",
        "settings": "unknown",
        "finish reasons": "unknown, so a reply that was cut off is not told from others",
    }


def test_tokens_that_are_known_of_some_replies_only_are_counted_of_none(tmp_path: Path) -> None:
    file = written(tmp_path, {"id": "a", "text": "1", "completion_tokens": 5}, {"id": "b", "text": "2"})
    assert [reply.completion_tokens for reply in read_replies(file).replies] == [None, None]


def test_the_answers_and_the_results_of_llava(tmp_path: Path) -> None:
    answer = {"question_id": "5", "prompt": "Which?\nA. x", "text": "B", "answer_id": "Q", "model_id": "llava-v1.5-13b", "metadata": {}}
    answers = read_replies(written(tmp_path, answer))
    assert [(each.id, each.text, each.asked) for each in answers.replies] == [("5", "B", (Turn("user", "Which?\nA. x"),))]
    assert (answers.model, answers.format) == ("llava-v1.5-13b", "answers of LLaVA")

    result = {"acc": 50.0, "correct": 1, "count": 2, "results": {"5": 1, "11": -1}, "outputs": {"5": "B", "11": "The answer is C."}}
    (tmp_path / "result.json").write_text(json.dumps(result, indent=2))
    results = read_replies(tmp_path / "result.json")
    assert [(each.id, each.text, each.place) for each in results.replies] == [
        ("5", "B", "result.json, outputs '5'"),
        ("11", "The answer is C.", "result.json, outputs '11'"),
    ]
    assert (results.model, results.describe("m")["made by"]) == ("", "unknown")


def test_the_results_of_a_run_of_this_suite(tmp_path: Path) -> None:
    reply = {"text": "4", "finish_reason": "stop", "prompt_tokens": 3, "completion_tokens": 1}
    case = {"case": "sum-2", "verdict": "correct", "model_name": "m", "reply": reply}
    file = written(tmp_path, case, {**case, "case": "sum-3", "verdict": "error", "reply": {}})
    assert [(each.id, each.text, each.completion_tokens, each.model) for each in read_replies(file).replies] == [("sum-2", "4", 1, "m")]


PLAIN = [{"id": "a", "text": "1, 2\n3"}, {"id": 7, "text": "é"}]
JSONL = "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in PLAIN)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", JSONL.encode("utf-8-sig")),
        ("a.jsonl", JSONL.replace("\n", "\r\n").encode()),
        ("a.jsonl", JSONL.encode("utf-16")),
        ("a.jsonl.gz", gzip.compress(JSONL.encode())),
        ("a.json", json.dumps(PLAIN, indent=2).encode()),
        ("a.csv", 'id,text\r\na,"1, 2\n3"\r\n7,é\r\n'.encode("utf-8-sig")),
        ("a.tsv", 'id\ttext\na\t"1, 2\n3"\n7\té\n'.encode()),
        ("a.csv.gz", gzip.compress('id,text\r\na,"1, 2\n3"\r\n7,é\r\n'.encode())),
        ("a.json.gz", gzip.compress(json.dumps(PLAIN, indent=2).encode())),
    ],
    ids=["marked", "windows", "utf-16", "jsonl.gz", "json", "csv", "tsv", "csv.gz", "json.gz"],  # a gzip holds the second of its making
)
def test_the_same_replies_in_another_container(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert [(each.id, each.text) for each in read_replies(tmp_path / name).replies] == [("a", "1, 2\n3"), ("7", "é")]


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.json.gz", "a.csv.gz", "a.eval.gz"])
def test_gzip_that_unpacks_to_far_more_than_text_is_refused_before_memory_holds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(gzipped, "MOST", 4 << 20)
    (tmp_path / name).write_bytes(gzip.compress(bytes(8 << 20)) * 16)
    said = rf"{name}:? cannot be unpacked(: | \()it holds more than 12 MB in 13\d+ bytes; if it is no mistake"
    with traced_peak() as peak, pytest.raises(RepliesError, match=said):
        read_replies(tmp_path / name)
    assert peak() < 32 << 20


@pytest.mark.parametrize("name", ["a.parquet.gz", "a.arrow.gz"])
def test_tables_out_of_gzip(tmp_path: Path, name: str) -> None:
    table, held = pyarrow.table({"id": ["a", "b"], "text": ["1", None]}), io.BytesIO()
    if "parquet" in name:
        pyarrow.parquet.write_table(table, held)
    else:
        with pyarrow.ipc.new_stream(held, table.schema) as stream:
            stream.write_table(table)
    (tmp_path / name).write_bytes(gzip.compress(held.getvalue()))
    found = read_replies(tmp_path / name)
    assert ([(each.id, each.text) for each in found.replies], found.format) == ([("a", "1")], name.split(".")[1])
    (tmp_path / name).write_bytes(gzip.compress(held.getvalue())[:-9])
    read_replies.cache_clear()
    with pytest.raises(RepliesError, match="cannot be unpacked"):
        read_replies(tmp_path / name)


@pytest.mark.parametrize("line", [b"a,1\n", b"a,", b"a,1234567\n"])
def test_a_gzipped_table_that_holds_far_more_than_text_is_refused_with_lines_or_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: bytes
) -> None:
    monkeypatch.setattr(gzipped, "MOST", 1 << 16)
    monkeypatch.setattr(gzipped, "MOST_TIMES", 1)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"id,text\n" + line * (1 << 16)))
    with pytest.raises(RepliesError, match=r"a.csv.gz: cannot be unpacked \(it holds more than 0 MB"):
        read_replies(tmp_path / "a.csv.gz")


def test_a_gzipped_table_is_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held, opened = io.BytesIO(), []

    class Counted(gzip.GzipFile):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            opened.append(self)
            super().__init__(*arguments, **options)

    pyarrow.parquet.write_table(pyarrow.table({"id": ["a"], "text": ["1"]}), held)
    files = {"a.csv.gz": gzip.compress(b"id,text\na,1\n"), "a.parquet.gz": gzip.compress(held.getvalue())}
    monkeypatch.setattr(gzip, "GzipFile", Counted)
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        opened.clear()
        assert ([reply.text for reply in read_replies(tmp_path / name).replies], len(opened)) == (["1"], 1)


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow"])
def test_two_columns_of_one_name_are_refused(tmp_path: Path, name: str) -> None:
    table = pyarrow.table([["a"], ["1"], ["2"]], names=["id", "text", "text"])
    if name == "a.parquet":
        pyarrow.parquet.write_table(table, tmp_path / name)
    else:
        with pyarrow.ipc.new_file(tmp_path / name, table.schema) as stream:
            stream.write_table(table)
    with pytest.raises(RepliesError, match=r"a\.\w+: two columns are called 'text'; give each a name of its own"):
        read_replies(tmp_path / name)


def test_what_others_call_id_and_text_is_said(tmp_path: Path) -> None:
    lines = {"idx": 3.0, "response": "18", "finish_reason": "MAX_TOKENS"}, {"idx": 4, "response": "7", "finish_reason": "end_turn"}
    found = read_replies(written(tmp_path, *lines))
    assert [(each.id, each.text, each.finish_reason) for each in found.replies] == [("3", "18", "length"), ("4", "7", "stop")]
    assert found.format == "jsonl, read in idx and response"
    (question,) = read_replies(written(tmp_path, {"problem": "1+1?", "prediction": "2", "answer": "2"}, name="b.jsonl")).replies
    assert (question.id, question.question, question.text) == ("1+1?", "1+1?", "2")


def test_null_is_no_reply_unless_something_tells_that_the_model_ended(tmp_path: Path) -> None:
    nothing, ended = {"id": "a", "text": None}, {"id": "b", "text": None, "finish_reason": "length"}
    several = {"id": "c", "text": ["1", None, "2"]}
    found = read_replies(written(tmp_path, nothing, ended, several))
    assert [(each.id, each.text, each.repeat) for each in found.replies] == [("b", "", 1), ("c", "1", 1), ("c", "2", 3)]


def test_predictions_of_opencompass(tmp_path: Path) -> None:
    asked = [{"role": "HUMAN", "prompt": "Question: 1+1?\nAnswer:"}, {"role": "BOT", "prompt": ""}]
    rows = {"0": {"origin_prompt": asked, "prediction": "2", "gold": "2"}, "1": {"origin_prompt": "1+2?", "prediction": ["3", "4"]}}
    (tmp_path / "gsm8k.json").write_text(json.dumps(rows, indent=4))
    found = read_replies(tmp_path / "gsm8k.json")
    assert [(each.id, each.text, each.repeat) for each in found.replies] == [("0", "2", 1), ("1", "3", 1), ("1", "4", 2)]
    assert found.replies[0].asked == (Turn("user", "Question: 1+1?\nAnswer:"), Turn("assistant", ""))
    assert found.format == "predictions of OpenCompass"


def test_a_batch_of_chat_completions(tmp_path: Path) -> None:
    choice = {"message": {"content": "2"}, "finish_reason": "length"}
    body = {"model": "gpt-x", "choices": [choice], "usage": {"prompt_tokens": 5, "completion_tokens": 1}}
    done = {"id": "batch_req_1", "custom_id": "sum-1", "response": {"status_code": 200, "body": body}, "error": None}
    found = read_replies(written(tmp_path, done, {**done, "custom_id": "sum-2", "response": None}))
    (reply,) = found.replies
    assert (reply.id, reply.text, reply.finish_reason, reply.completion_tokens, found.model) == ("sum-1", "2", "length", 1, "gpt-x")


def test_the_choices_of_a_batch_by_their_numbers_in_parts_and_as_completions(tmp_path: Path) -> None:
    parts = [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "3"}]
    turned = [{"index": 1, "message": {"content": parts}}, {"index": 0, "message": {"content": None}}, {"index": 2, "text": "4"}]
    file = written(tmp_path, completed(None), completed({"choices": turned}), {"custom_id": "b", "response": None, "error": {}})
    assert [(each.text, each.reasoning, each.repeat) for each in read_replies(file).replies] == [("3", "hm", 2), ("4", "", 3)]
    nulls = written(tmp_path, {"custom_id": "a", "response": None}, {"custom_id": "b", "response": "2"}, name="b.jsonl")
    assert [(each.id, each.text) for each in read_replies(nulls).replies] == [("b", "2")]


@pytest.mark.parametrize(
    ("failed", "why"),
    [
        ({"response": {"status_code": 500, "body": None}, "error": None}, "status 500"),
        ({"response": {"status_code": 500, "message": "Internal\nerror"}, "error": None}, "status 500, 'Internal\\nerror'"),  # Groq
        ({"response": {"status_code": 502, "body": "<html>"}, "error": None}, "status 502, '<html>'"),
        ({"response": {"status_code": 500, "body": ["Internal", "error"]}}, 'status 500, ["Internal", "error"]'),
        ({"response": {"status_code": 500, "body": 5}}, "status 500, 5"),
        ({"response": {"status_code": 200, "body": ""}}, "status 200, nothing to read"),
        ({"response": {"status_code": 200, "body": None}}, "status 200, nothing to read"),
        ({"response": {}}, "nothing to read"),
        ({"response": "Internal\nerror"}, "'Internal\\nerror'"),
        ({"response": ""}, "nothing to read"),
        ({"response": {"status_code": 404, "body": {"object": "error", "code": 404}}}, 'status 404, {"object": "error", "code": 404}'),
        ({"response": {"status_code": 400, "body": {"error": {"code": "x"}}}, "error": None}, 'status 400, {"code": "x"}'),  # OpenAI
        ({"response": {"status_code": 400, "body": None}, "error": "too long"}, "status 400, 'too long'"),  # vLLM
        ({"response": None, "error": {"code": "batch_expired"}}, '{"code": "batch_expired"}'),  # OpenAI
        ({"error": {"code": "x"}}, '{"code": "x"}'),
        ({"response": None}, "null"),
    ],
)
def test_a_failed_request_of_a_batch_is_told_and_the_others_are_read(tmp_path: Path, failed: Any, why: str) -> None:
    done, failed = completed({"choices": [CHOICE]}), {"custom_id": "b", **failed}
    for name, lines in (("first.jsonl", (failed, done)), ("last.jsonl", (done, failed))):
        found = read_replies(written(tmp_path, *lines, name=name))
        assert [reply.id for reply in found.replies] == ["a"]
        assert found.describe("m")["failed requests"] == f"1 (b: {why})"


def test_requests_that_failed_are_counted_and_the_first_named(tmp_path: Path) -> None:
    failed = [{"custom_id": str(number), "response": None} for number in range(4)]
    with pytest.raises(RepliesError, match=r"holds no reply; failed requests: 4 \(0: null; 1: null; 2: null; ...\)\.$"):
        read_replies(written(tmp_path, *failed))
    with pytest.raises(RepliesError, match=r"holds no reply; failed requests: 1 \(a: 'expired'\)\.$"):
        read_replies(written(tmp_path, {"custom_id": "a", "error": "expired"}, name="one.jsonl"))


def test_a_request_that_another_line_answers_did_not_fail_and_one_that_failed_twice_counts_once(tmp_path: Path) -> None:
    done, failed = completed({"choices": [CHOICE]}), {"custom_id": "a", "response": {"status_code": 500, "body": None}}
    for name, lines in (("first.jsonl", (failed, done)), ("last.jsonl", (done, failed))):
        assert read_replies(written(tmp_path, *lines, name=name)).told == {}
    again = {"custom_id": "b", "response": None}, {"custom_id": "b", "response": {"status_code": 429}}
    assert read_replies(written(tmp_path, done, *again)).told == {"failed requests": "1 (b: status 429)"}


def test_texts_under_custom_id_and_response_are_replies_where_no_line_is_of_a_batch(tmp_path: Path) -> None:
    texts = {"custom_id": "a", "response": "1"}, {"custom_id": "b", "response": None}, {"custom_id": "c", "response": "3"}
    for name, lines in (("told.jsonl", texts), ("null.jsonl", texts[:2]), ("turned.jsonl", texts[1:])):
        found = read_replies(written(tmp_path, *lines, name=name))
        assert ([reply.text for reply in found.replies], found.told) == ([line["response"] for line in lines if line["response"]], {})
    told = written(tmp_path, {"custom_id": "a", "text": "1", "error": "asked twice"}, name="error.jsonl")
    assert [reply.text for reply in read_replies(told).replies] == ["1"]


def test_of_a_batch_only_what_replies_hold_stays_in_memory(tmp_path: Path) -> None:
    body = {"choices": [{**CHOICE, "logprobs": {"content": [{"token": "2", "logprob": -number / 7} for number in range(2000)]}}]}
    file = written(tmp_path, *({**completed(body), "custom_id": str(number)} for number in range(40)))
    with traced_peak() as peak:
        assert len(read_replies(file).replies) == 40
    assert peak() < 4 * file.stat().st_size


@pytest.mark.parametrize(
    ("indices", "repeats"),
    [
        ([[0, 1]], [1, 2]),
        ([[1, 2, 3]], [1, 2, 3]),
        ([[2, 1]], [2, 1]),
        ([[1]], [1]),
        ([[0], [1]], [1, 2]),  # each choice on a line of its own
        ([[2], [1]], [2, 1]),
        ([[None, None]], [1, 2]),
        ([[0, 0]], [1, 2]),
    ],
)
def test_choices_are_counted_from_0_or_from_1(tmp_path: Path, indices: list[list[int | None]], repeats: list[int]) -> None:
    lines = [completed({"choices": [{**CHOICE, "index": index} for index in line]}) for line in indices]
    assert [reply.repeat for reply in read_replies(written(tmp_path, *lines)).replies] == repeats


@pytest.mark.parametrize(("index", "repeats"), [(0, [1, 2, 3]), (1, [1, 1, 2]), (None, [1, 1, 2])])
def test_all_choices_of_a_file_are_counted_from_the_same_number(tmp_path: Path, index: int | None, repeats: list[int]) -> None:
    first = {**completed({"choices": [{**CHOICE, "index": index}]}), "custom_id": "b"}
    lines = [first, *(completed({"choices": [{**CHOICE, "index": number}]}) for number in (1, 2))]
    assert [reply.repeat for reply in read_replies(written(tmp_path, *lines)).replies] == repeats


def test_a_choice_that_is_no_reply_is_counted_too(tmp_path: Path) -> None:
    lines = completed({"choices": [{"index": 0, "message": {"content": None}}, {**CHOICE, "index": 1}]})
    assert [reply.repeat for reply in read_replies(written(tmp_path, lines)).replies] == [2]


def completed(body: Any) -> dict[str, Any]:
    return {"custom_id": "a", "response": body and {"body": body}}


CHOICE = {"message": {"content": "2"}}
LM_EVAL = {"doc_id": 0, "resps": [["4"]]}
OWN = {"case": "sum-2", "verdict": "correct", "model_name": "m", "reply": {"text": "4"}}
LLAVA = {"question_id": "5", "text": "B"}


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (completed({"choices": [CHOICE]}), {"custom_id": "b", "response": 5}, "'response' must be an object, got 5; leave out"),
        (completed({"choices": [CHOICE]}), {"custom_id": "b"}, "an object with custom_id, where 'response' is missing; all of a file"),
        (completed({"choices": [CHOICE]}), completed([5]), "'body' must be an object, got [5]"),
        (completed({"choices": [CHOICE]}), completed({"choices": "ab"}), "'choices' must be a list of objects, got 'ab'."),
        (
            completed({"choices": [CHOICE]}),
            completed({"choices": [CHOICE, None]}),
            "'choices' must hold objects alone, got None as number 2",
        ),
        (completed({"choices": [CHOICE]}), completed({"output": []}), "'response' has no 'choices' and no 'error', got {'output': []}"),
        (completed({"choices": [CHOICE]}), completed({"choices": [{}]}), "'message' of a choice must be an object, got None"),
        (completed({"choices": [CHOICE]}), completed({"choices": [{"message": {"content": 5}}]}), "'content' must be text, parts of text"),
        (completed({"choices": [CHOICE]}), completed({"choices": [CHOICE], "usage": 3}), "'usage' must be an object, got 3"),
        (LM_EVAL, {"doc_id": 1}, "an object with doc_id, where 'resps' is missing"),
        (LM_EVAL, {**LM_EVAL, "doc": 5}, "'doc' must be the document's columns, got 5"),
        (LM_EVAL, {**LM_EVAL, "finish_reason": "filtered"}, "'finish_reason' must be stop (the model ended it) or length"),
        (OWN, {"case": "b", "verdict": "correct"}, "an object with case, verdict, where 'reply' is missing"),
        (OWN, {**OWN, "reply": "4"}, "'reply' must be an object, got '4'"),
        (LLAVA, {"question_id": "6"}, "an object with question_id, where 'text' is missing"),
        ({"id": "a", "text": "1"}, {"id": "", "text": "1"}, "the id is empty; give the case's, such as gsm8k-0"),
        ({"id": "a", "text": "1"}, {"id": "b", "text": "1", "prompt_tokens": "9" * 5000}, "'prompt_tokens' must be a whole number"),
    ],
)
def test_a_field_of_another_kind_is_one_sentence_with_its_line(tmp_path: Path, first: Any, second: Any, said: str) -> None:
    with pytest.raises(RepliesError) as error:
        read_replies(written(tmp_path, first, second))
    assert str(error.value).startswith("answers.jsonl, line 2: ")
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (None, "gsm8k.json, '1': an object with nothing in it, where 'prediction' is missing"),
        ("3", "gsm8k.json: '1' must be an object, got '3'"),
        ({"prediction": "3", "origin_prompt": [None]}, "'1': 'origin_prompt' must hold objects alone, got None as number 1"),
    ],
)
def test_a_row_of_opencompass_that_is_none(tmp_path: Path, row: Any, said: str) -> None:
    (tmp_path / "gsm8k.json").write_text(json.dumps({"0": {"origin_prompt": "1+1?", "prediction": "2"}, "1": row}))
    with pytest.raises(RepliesError) as error:
        read_replies(tmp_path / "gsm8k.json")
    assert said in str(error.value)


def test_the_files_of_a_folder(tmp_path: Path) -> None:
    with pytest.raises(RepliesError, match="of replies"):
        reply_files(tmp_path)
    (tmp_path / "m").mkdir()
    names = ("b.jsonl", "m/samples_a_2025-01-01T00-00-00.1.jsonl", "m/results_2025-01-01T00-00-00.1.json", "README.md", "logs.json")
    for name in names:
        (tmp_path / name).write_text("")
    assert [file.relative_to(tmp_path).as_posix() for file in reply_files(tmp_path)] == [*names[:2]]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "answers.jsonl holds no reply; give jsonl, a JSON list"),
        (["[1]"], "answers.jsonl, entry 1: no JSON object in UTF-8: 1."),
        ([{"answer": "B", "key": 1}], "begins with an object with answer, key; give jsonl, a JSON list"),
        ([{"id": "a", "text": "1"}, "{"], "answers.jsonl, line 2: no JSON object in UTF-8: b'{'"),
        ([{"id": "a", "text": True}], "answers.jsonl, line 1: 'text' must be text, got True."),
        ([{"id": "a", "text": None}], "answers.jsonl holds no reply"),
        ([{"id": "a", "text": "1"}, {"id": "b"}], "answers.jsonl, line 2: an object with id, and none of them is the text."),
        ([{"idx": 1, "uid": 2, "text": "1"}], "line 1: both 'uid' and 'idx' may be the id; call the one that is 'id'."),
        ([{"id": 1, "output": "1", "prediction": "2"}], "line 1: both 'output' and 'prediction' may be the text"),
        ([{"id": "a", "text": "\ud800"}], "answers.jsonl, line 1: text holds half a character"),
        ([{"id": "a", "text": "1", "finish_reason": "safety"}], "line 1: 'finish_reason' must be stop (the model ended it) or length"),
        ([{"id": "a", "text": "1", "prompt_tokens": -1}], "line 1: 'prompt_tokens' must be a whole number of at least 0, got -1."),
        (
            [{"id": "a", "text": "1"}, {"id": "b", "text": "1"}, {"id": "a", "text": "2"}],
            "line 3: the id 'a' stands at answers.jsonl, line 1 already, with another text",
        ),
        ([{"id": "a", "text": "1"}, {"id": "a", "text": "1"}], "line 2: the id 'a' stands at answers.jsonl, line 1 already, with the same"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(tmp_path: Path, lines: list[Any], said: str) -> None:
    with pytest.raises(RepliesError) as error:
        read_replies(written(tmp_path, *lines))
    assert said in str(error.value)


def test_a_file_that_is_not_there_or_is_none(tmp_path: Path) -> None:
    with pytest.raises(RepliesError, match=r"nothing\.jsonl cannot be read: "):
        read_replies(tmp_path / "nothing.jsonl")
    with pytest.raises(RepliesError, match="it is a folder"):
        read_replies(tmp_path)
    (tmp_path / "result.json").write_text('{"results": {}, "outputs": {}}')
    with pytest.raises(RepliesError, match="holds no reply"):
        read_replies(tmp_path / "result.json")
