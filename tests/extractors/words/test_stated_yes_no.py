"""Whether a reply says yes or no, in the ways that replies do, and where it says neither."""

from __future__ import annotations

import pytest

from itemwise.extractors import stated_yes_no


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("Yes", "yes"),
        ("**No**.", "no"),
        ("No, there is no dog in the image.", "no"),
        ("No there isn't.", "no"),
        ("No, 3 is larger.", "no"),
        ('{"seen": "yes, a dog", "answer": "No"}', "no"),
        ('{"answer": true}', "yes"),
        ("Yes, but the answer is no.", "no"),
        ("\\boxed{\\text{Yes}}", "yes"),
        ("<think>No dog... yes, one.</think>No.", "no"),
        ("There are no cars, so no, it isn't.", "no"),
        ("The image shows a cat on a bed. Yes.", "yes"),
        ("Yes. Actually, no.", "no"),
        ("Yes.\n\nThe picture shows no other animal.", "yes"),
        ("是的，图中有一只狗。", "yes"),
        ("不是。", "no"),
        ("There is no dog in the image.", None),
        ("No dog is visible.", None),
        ("No. 5 is the largest.", None),
        ("Yes or no? Hard to say.", None),
        ("Yes and no.", None),
        ("Yes. The bar is small. So no.", None),
        ("Yes, it is. I made a mistake: it is not.", None),
        ("The answer is (A).", None),
        ("", None),
    ],
)
def test_a_reply_says_yes_no_or_neither(reply: str, answer: str | None) -> None:
    read = stated_yes_no(reply)
    assert read == answer
    assert read is None or reply[read.start : read.end].lower() in ("yes", "no", "true", "是的", "不是")
