"""What is counted by libraries, and the error where one is missing."""

from __future__ import annotations

import pytest

from itemwise.instructions import counting
from itemwise.instructions.counting import InstructionsError, capital_words, language, require_libraries, sentences, words


def test_words_sentences_and_capital_words() -> None:
    text = "Mr. Day, of the U.S. Navy, CAN'T swim 3.5 miles. He said: OK!"
    assert (words(text), sentences(text), capital_words(text)) == (16, 2, 4)
    assert (words(""), sentences(""), capital_words("")) == (0, 0, 0)


def test_a_language_is_told_where_there_are_letters() -> None:
    assert (language("El tiempo es muy bueno hoy y vamos al mar."), language("123")) == ("es", None)


def test_a_missing_library_is_named_with_the_extra_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    require_libraries.cache_clear()
    monkeypatch.setattr(counting, "find_spec", lambda name: None if name == "punkt" else object())
    with pytest.raises(InstructionsError, match=r"not installed \(punkt\): pip install .*\[ifeval\]"):
        require_libraries()
    require_libraries.cache_clear()
