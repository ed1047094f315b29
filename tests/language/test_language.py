import pytest

from itemwise.language import ENGLISH, Language, joined, language_named, locale_language, phrase

GERMAN = Language("de", {"{n} of {all} cases": "{n} von {all} Fällen", "wrong": "falsch", "{what}: {how}": "{what} ({how})", ", ": " und "})


def test_a_phrase_is_told_with_its_values() -> None:
    assert GERMAN(phrase("{n} of {all} cases", n=3, all=8)) == "3 von 8 Fällen"


def test_phrases_among_the_values_are_told_and_names_are_not() -> None:
    assert GERMAN(phrase("{what}: {how}", what="wrong", how=phrase("wrong"))) == "wrong (falsch)"


def test_joined_texts_are_told_each_by_itself() -> None:
    assert GERMAN(joined(["wrong", phrase("wrong"), phrase("{n} of {all} cases", n=1, all=2)])) == "wrong und falsch und 1 von 2 Fällen"


def test_a_text_that_is_asked_for_by_itself_is_looked_up() -> None:
    assert GERMAN("wrong") == "falsch"
    assert GERMAN("{n} of {all} cases", n=3, all=8) == "3 von 8 Fällen"


@pytest.mark.parametrize("text", ["no entry", phrase("{n} items", n=3), "{}"])
def test_what_the_table_lacks_stays_english(text: str) -> None:
    assert GERMAN(text) == ENGLISH(text) == text


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh"}, "zh"),
        ({"LANG": "zh_TW.Big5"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "de:en:zh"}, "en"),
    ],
)
def test_the_locale_decides_as_it_does_for_gettext(variables: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    assert locale_language() == language_named(name)


def test_a_user_of_windows_is_told_by_the_locale_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("locale.getlocale", lambda: ("Chinese (Simplified)_China", "936"))
    assert locale_language() == language_named("zh")
