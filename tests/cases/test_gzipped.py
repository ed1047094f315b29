"""What comes out of gzip, and what is too much."""

from __future__ import annotations

import gzip
import io

import pytest

from itemwise.cases import gzipped
from itemwise.cases.gzipped import BROKEN, is_gzip, unpacked, unpacking


def test_a_plain_file_is_itself() -> None:
    file = io.BytesIO(b"rows")
    assert unpacking(file) is file
    assert (unpacked(file), is_gzip(file), is_gzip(io.BytesIO())) == (b"rows", False, False)


def test_several_gzips_in_a_file_are_one_content() -> None:
    file = io.BytesIO(gzip.compress(b"ro") + gzip.compress(b"ws"))
    assert (unpacked(file), unpacking(file).read()) == (b"rows", b"rows")


@pytest.mark.parametrize(
    "broken", [gzip.compress(b"rows")[:-3], gzip.compress(b"rows")[:12] + b"\xff" * 9, b"\x1f\x8b"], ids=["cut", "spoilt", "begun"]
)
def test_what_is_cut_off_or_no_gzip_raises_one_of_broken(broken: bytes) -> None:
    with pytest.raises(BROKEN):
        unpacked(io.BytesIO(broken))


def test_it_may_hold_the_bound_or_a_hundred_times_its_size_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress(bytes(1 << 20))
    monkeypatch.setattr(gzipped, "MOST", 1 << 20)
    assert len(unpacked(io.BytesIO(packed))) == 1 << 20
    monkeypatch.setattr(gzipped, "MOST", (1 << 20) - 1)
    with pytest.raises(OSError, match=rf"it holds more than 0 MB in {len(packed)} bytes; if it is no mistake, unpack it"):
        unpacked(io.BytesIO(packed))
    monkeypatch.setattr(gzipped, "MOST_TIMES", -(-(1 << 20) // len(packed)))
    assert len(unpacked(io.BytesIO(packed))) == 1 << 20
