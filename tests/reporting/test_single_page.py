"""A page is one file: nothing that stands in its data can leave it, and only its own script may run."""

from __future__ import annotations

import json

import pytest

from itemwise.reporting.single_page import page_json, trusted


@pytest.mark.parametrize("text", ["</script><script>x()", "<!--", "a & b", "\u2028\u2029", "plain", "Grüße"])
def test_data_is_json_that_no_parser_of_html_can_leave(text: str) -> None:
    data = page_json({text: [text]})
    assert not set("<>&\u2028\u2029").intersection(data)
    assert json.loads(data) == {text: [text]}


def test_what_is_trusted_is_taken_as_it_is() -> None:
    assert trusted("<b>").__html__() == "<b>"
