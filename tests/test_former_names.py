"""Former names of parameters and fields work, and say what they are called now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from itemwise.former_names import former_fields, former_parameters


@former_parameters(half="pool")
def drawn(size: int, pool: str = "seen") -> tuple[int, str]:
    return size, pool


@former_fields(twins="variants")
@dataclass(frozen=True)
class Given:
    variants: int = 0


def test_a_parameter_may_be_given_by_its_former_name_with_a_word_on_it() -> None:
    given: dict[str, Any] = {"half": "held-out"}
    with pytest.warns(DeprecationWarning, match=r"drawn\(half=\) is called pool= now\."):
        assert drawn(3, **given) == (3, "held-out")


def test_a_field_may_be_given_and_read_by_its_former_name_with_a_word_on_it() -> None:
    given: dict[str, Any] = {"twins": 2}
    with pytest.warns(DeprecationWarning, match=r"Given\(twins=\) is called variants= now\."):
        instance: Any = Given(**given)
    with pytest.warns(DeprecationWarning, match=r"Given\.twins is called variants now\."):
        assert (instance.variants, instance.twins) == (2, 2)


@pytest.mark.filterwarnings("error")
def test_of_the_present_names_nothing_is_said() -> None:
    assert (drawn(3, pool="held-out"), Given(variants=2).variants) == ((3, "held-out"), 2)
