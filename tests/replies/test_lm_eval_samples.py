"""Samples as lm-evaluation-harness 0.4.13 writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from itemwise.cases.chat import Turn
from itemwise.replies import RepliesError, read_replies

DATE = "2026-11-29T10-20-30.123456"


def sample(number: int, text: Any = "#### 4", *, filter: str = "strict-match", **changes: Any) -> dict[str, Any]:
    settings = {"until": ["Question:"], "do_sample": False, "temperature": 0.0}
    return {
        "doc_id": number,
        "doc": {"question": f"What is {number}+{number}?", "answer": "..."},
        "target": "4",
        "arguments": {"gen_args_0": {"arg_0": f"Question: What is {number}+{number}?\nAnswer:", "arg_1": settings}},
        "resps": [[text]],
        "filtered_resps": ["4"],
        "filter": filter,
        "metrics": ["exact_match"],
        "exact_match": 1.0,
        **changes,
    }


def written(folder: Path, *samples: Any) -> Path:
    file = folder / f"samples_gsm8k_{DATE}.jsonl"
    file.write_text("".join(json.dumps(each) + "\n" for each in samples))
    return file


def test_one_reply_for_each_document_whatever_filters_read_it(tmp_path: Path) -> None:
    both = [sample(number, filter=name) for number in (0, 1) for name in ("strict-match", "flexible-extract")]
    found = read_replies(written(tmp_path, *both))
    assert [(each.id, each.text, each.question) for each in found.replies] == [
        ("0", "#### 4", "What is 0+0?"),
        ("1", "#### 4", "What is 1+1?"),
    ]
    assert found.replies[1].asked == (Turn("text", "Question: What is 1+1?\nAnswer:"),)
    assert found.describe("m")["settings"] == '{"until": ["Question:"], "do_sample": false, "temperature": 0.0}'
    assert found.describe("m")["made by"] == "unknown"


def test_several_replies_to_a_document_are_its_repeats(tmp_path: Path) -> None:
    both = [sample(0, filter=name, resps=[["4", "5"]]) for name in ("strict-match", "flexible-extract")]
    found = read_replies(written(tmp_path, *both, sample(1)))
    assert [(reply.id, reply.repeat, reply.text) for reply in found.replies] == [("0", 1, "4"), ("0", 2, "5"), ("1", 1, "#### 4")]
    assert found.repeats == 2


def test_a_null_among_several_keeps_its_number(tmp_path: Path) -> None:
    found = read_replies(written(tmp_path, sample(0, resps=[["4", None, "5"]])))
    assert [(reply.repeat, reply.text) for reply in found.replies] == [(1, "4"), (3, "5")]


def test_the_model_is_told_by_the_results_beside(tmp_path: Path) -> None:
    beside = {"model_name": "org/m", "model_source": "hf", "lm_eval_version": "0.4.13", "results": {}}
    (tmp_path / f"results_{DATE}.json").write_text(json.dumps(beside))
    found = read_replies(written(tmp_path, sample(0)))
    described = found.describe("m")
    assert (found.model, described["made by"], described["backend"], described["lm_eval"]) == ("org/m", "org/m", "hf", "0.4.13")


def test_messages_of_a_chat_are_the_turns_that_were_asked(tmp_path: Path) -> None:
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "1+1?", "type": "text"}]
    arguments = {"gen_args_0": {"arg_0": [json.dumps(messages)], "arg_1": {}}}
    (reply,) = read_replies(written(tmp_path, sample(0, arguments=arguments))).replies
    assert reply.asked == (Turn("system", "Be brief."), Turn("user", "1+1?"))


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        ([sample(0), sample(0)], "line 2: doc_id 0 under the filter 'strict-match' stands at samples_gsm8k_"),
        ([sample(0), sample(0, "#### 5", filter="flexible-extract")], "line 2: doc_id 0 has another reply than at samples_gsm8k_"),
        ([sample(0, resps=[[["-1.2", "False"]], [["-0.3", "True"]]])], "line 1: continuations that were scored, which are no replies"),
        ([sample(0, resps=[["4"], ["5"]])], "line 1: 'resps' must hold replies, got [['4'], ['5']]."),
    ],
)
def test_what_is_not_one_reply_to_each_document_is_refused(tmp_path: Path, samples: list[Any], said: str) -> None:
    with pytest.raises(RepliesError) as error:
        read_replies(written(tmp_path, *samples))
    assert said in str(error.value)


def test_documents_as_texts_and_replies_that_are_null(tmp_path: Path) -> None:
    document = json.dumps({"question": "What is 0+0?"})
    found = read_replies(written(tmp_path, sample(0, doc=document), sample(1, resps=[[None]]), sample(2, resps=[]), sample(3, resps="4")))
    assert [(each.id, each.question) for each in found.replies] == [("0", "What is 0+0?"), ("3", "What is 3+3?")]
