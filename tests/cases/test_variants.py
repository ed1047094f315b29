"""The names of renumbered problems."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itemwise.cases.row import Hub
from itemwise.cases.source import Source
from itemwise.cases.variants import original_of, variant_name
from itemwise.synthetic import word_problems


class TestNames:
    @pytest.mark.parametrize(
        ("case", "original"),
        [
            ("gsm8k-synthetic-42-7-twin1", "gsm8k-synthetic-42-7"),
            ("gsm8k-synthetic-held-out-42-7-twin12", "gsm8k-synthetic-held-out-42-7"),
            ("a-twin1-twin2", "a-twin1"),
            ("gsm8k-synthetic-42-7", None),
            ("gsm8k-30", None),
            ("siamese-twin", None),
            ("7-twin0", None),
            ("7-twin1-json", None),
            ("-twin1", None),
            ("", None),
        ],
    )
    def test_tell_whose_variant_a_case_is(self, case: str, original: str | None) -> None:
        assert original_of(case) == original

    @given(st.text(min_size=1), st.integers(1, 99))
    def test_lead_from_a_variant_back_to_its_original(self, original: str, number: int) -> None:
        assert original_of(variant_name(original, number)) == original

    def test_of_made_rows_lead_to_the_row_before_the_variants(self) -> None:
        rows = islice(Source("synthetic", variants=2).rows(Hub("owner/data"), synthetic=word_problems), 6)
        assert [original_of(row.id) for row in rows] == [None, *["synthetic-42-0"] * 2, None, *["synthetic-42-1"] * 2]
