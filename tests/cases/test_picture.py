"""Pictures as they come: whatever the file is, a model is shown upright 8-bit RGB, or told clearly why not."""

from __future__ import annotations

import io
import os
import pickle
import socket
from pathlib import Path
from typing import Any

import numpy
import PIL.Image
import pytest

from itemwise.cases.picture import LARGEST, LARGEST_FILE, Picture, PictureError
from itemwise.cases.row import Row
from itemwise.cases.source import rows


def encoded(image: PIL.Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    content = io.BytesIO()
    image.save(content, format=kind, **options)
    return content.getvalue()


def shown(content: object) -> PIL.Image.Image:
    return Picture("row 7", lambda: content).image()


def refused(content: object) -> str:
    with pytest.raises(PictureError) as caught:
        shown(content)
    return str(caught.value)


def pixel(image: PIL.Image.Image, x: int = 0, y: int = 0) -> tuple[int, ...]:
    found = image.getpixel((x, y))
    assert isinstance(found, tuple)
    return found


def test_a_picture_is_read_once_and_only_when_it_is_looked_at() -> None:
    reads: list[str] = []

    def read() -> bytes:
        reads.append("read")
        return encoded(PIL.Image.new("RGB", (4, 4), "red"))

    picture = Picture("row 7", read)
    assert reads == []
    assert [picture.image().size, picture.image().size, len(picture.sha256)] == [(4, 4), (4, 4), 64]
    assert reads == ["read"]


def test_bytes_paths_columns_of_the_hub_and_pictures_are_all_pictures(tmp_path: Path) -> None:
    red = PIL.Image.new("RGB", (4, 4), "red")
    file = tmp_path / "red.png"
    file.write_bytes(encoded(red))
    for content in (encoded(red), str(file), file, {"bytes": encoded(red), "path": None}, {"bytes": None, "path": str(file)}, red):
        assert pixel(shown(content)) == (255, 0, 0)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "YCbCr", "I;16", "I", "F"])
def test_every_mode_comes_out_as_white_where_it_is_white(mode: str) -> None:
    most = {"1": 1, "L": 255, "I;16": 65535, "I": 65535, "F": 1.0}
    image = PIL.Image.new(mode, (8, 8), most[mode]) if mode in most else PIL.Image.new("RGBA", (8, 8), "white").convert("RGB").convert(mode)
    content = encoded(image, "TIFF")
    found = shown(content)
    assert (found.mode, found.size, pixel(found)) == ("RGB", (8, 8), (255, 255, 255))


def test_pixels_that_are_no_numbers_are_no_black_picture() -> None:
    with pytest.raises(PictureError, match="pixels that are no numbers"):
        shown(encoded(PIL.Image.fromarray(numpy.full((2, 2), numpy.nan, dtype=numpy.float32)), "TIFF"))


def test_sixteen_bits_are_scaled_not_cut_off() -> None:
    levels = numpy.array([[0, 32768, 65535]], dtype=numpy.uint16)
    found = shown(encoded(PIL.Image.fromarray(levels)))
    assert [pixel(found, x) for x in range(3)] == [(0, 0, 0), (128, 128, 128), (255, 255, 255)]


def test_what_is_transparent_lies_on_white() -> None:
    assert pixel(shown(encoded(PIL.Image.new("RGBA", (2, 2), (0, 0, 0, 0))))) == (255, 255, 255)
    palette = PIL.Image.new("P", (2, 2), 0)
    palette.putpalette([0, 0, 0] * 256)
    assert pixel(shown(encoded(palette, transparency=0))) == (255, 255, 255)


def test_of_a_moving_picture_the_first_frame_is_shown() -> None:
    frames = [PIL.Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    assert pixel(shown(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))) == (255, 0, 0)


def test_a_photograph_is_turned_upright() -> None:
    image = PIL.Image.new("RGB", (4, 2), "red")
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    assert shown(encoded(image, "JPEG", exif=exif)).size == (2, 4)


def test_one_pixel_is_a_picture() -> None:
    assert shown(encoded(PIL.Image.new("RGB", (1, 1), "red"))).size == (1, 1)


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    side = int(LARGEST**0.5) + 1
    bomb = encoded(PIL.Image.new("1", (side, side)))
    assert len(bomb) < 200_000
    assert refused(bomb) == f"row 7: {side} x {side} pixels are more than {LARGEST}; scale the picture down."


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n", encoded(PIL.Image.effect_noise((64, 64), 50))[:300]])
def test_what_is_no_picture_is_said_so(content: bytes) -> None:
    assert refused(content).startswith("row 7: no readable picture (")


def test_what_is_not_there_is_said_so(tmp_path: Path) -> None:
    assert refused(str(tmp_path / "missing.png")).startswith("row 7: the picture cannot be read (")
    assert refused(None) == "row 7: there is no picture."
    assert refused(7) == "row 7: int is no picture; give bytes, a path, or a picture of Pillow."


def test_a_picture_of_which_only_the_hash_was_kept_equals_the_one_that_was_shown_and_says_that_it_is_not_there() -> None:
    shown = Picture("p", lambda: b"\x89PNG\r\n\x1a\n")
    known = Picture.known(shown.sha256)
    assert (known, known.sha256, hash(known)) == (shown, shown.sha256, hash(shown))
    with pytest.raises(PictureError, match=f"picture {shown.sha256[:12]}: the picture cannot be read .only its hash was kept"):
        _ = known.content


def test_a_picture_takes_its_content_along_to_another_process() -> None:
    picture = Picture("row 7", lambda: encoded(PIL.Image.new("RGB", (4, 4), "red")))
    moved = pickle.loads(pickle.dumps(picture))
    assert (moved, moved.where, pixel(moved.image())) == (picture, "row 7", (255, 0, 0))


EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 4 4\n%%EndComments\n(x) print\n%%EOF\n"


def test_postscript_named_png_starts_no_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "gs"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("PIL.EpsImagePlugin.gs_binary", str(program))
    (tmp_path / "p.png").write_bytes(EPS)
    for content in (EPS, str(tmp_path / "p.png"), {"bytes": EPS, "path": "p.png"}):
        assert refused(content).startswith("row 7: no readable picture (EPS is not read; convert it to one of PNG, JPEG")
    assert not (tmp_path / "started").exists()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "MPO"])
def test_pictures_of_the_usual_formats_are_read(kind: str) -> None:
    assert shown(encoded(PIL.Image.new("RGB", (16, 16), "white"), kind)).size == (16, 16)


@pytest.mark.parametrize("kind", ["ICO", "PDF", "EPS", "PPM", "TGA", "PCX", "ICNS", "JPEG2000", "AVIF"])
def test_pictures_of_other_formats_are_not_decoded_at_all(kind: str) -> None:
    try:
        content = encoded(PIL.Image.new("RGB", (16, 16), "red"), kind)
    except (KeyError, OSError):
        content = b"\0\0\0\x1cftypavif"  # this Pillow was built without it
    assert "PNG, JPEG, GIF, WEBP, BMP, TIFF" in refused(content)


def test_an_encoded_picture_has_a_largest_size_and_no_more_of_its_file_is_read(tmp_path: Path) -> None:
    with (tmp_path / "large.png").open("wb") as file:
        file.truncate(1 << 40)
    assert refused(str(tmp_path / "large.png")) == "row 7: a picture of more than 64 MB; scale it down."
    assert refused(bytes(LARGEST_FILE + 1)) == "row 7: a picture of more than 64 MB; scale it down."


def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    monkeypatch.chdir(tmp_path)  # the address of a socket is short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.png")
        kinds = {"pipe.png": "a pipe", "socket.png": "a socket", "/dev/zero": "a device", str(tmp_path): "a folder"}
        for path, kind in kinds.items():
            assert refused(path) == f"row 7: the picture cannot be read (it is {kind}, not a regular file); check the path."


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder of rows, beside a picture that is none of theirs."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.png").write_bytes(encoded(PIL.Image.new("RGB", (4, 4), "red")))
    (tmp_path / "mine" / "link.png").symlink_to(tmp_path / "elsewhere" / "x.png")
    return tmp_path


def named(outside: Path, path: str, **options: Any) -> Picture:
    import json

    (outside / "mine" / "rows.jsonl").write_text(json.dumps({"image": path}) + "\n")
    picture = next(iter(rows(outside / "mine" / "rows.jsonl", **options))).picture()
    assert picture is not None
    return picture


@pytest.mark.parametrize("path", ["../elsewhere/x.png", "{}/elsewhere/x.png", "link.png", "a/../../elsewhere/x.png"])
def test_a_path_that_leads_out_of_the_rows_folder_says_how_to_allow_it(outside: Path, path: str) -> None:
    path = path.format(outside)
    with pytest.raises(PictureError, match=rf"leads out of {outside}/mine, .*--picture-folder {outside}/elsewhere"):
        named(outside, path).image()
    assert named(outside, path, picture_folder=outside / "elsewhere").image().size == (4, 4)


@pytest.mark.parametrize("path", ["a\0b.png", "x" * 5000, "loop.png"])
def test_a_path_that_no_file_can_have_is_an_error_of_the_picture(outside: Path, path: str) -> None:
    (outside / "mine" / "loop.png").symlink_to(outside / "mine" / "loop.png")
    with pytest.raises(PictureError, match="the picture cannot be read"):
        named(outside, path).image()


def test_nothing_is_fetched_from_an_address(outside: Path) -> None:
    with pytest.raises(PictureError, match=r"'http://127\.0\.0\.1/x\.png' is an address; nothing is fetched"):
        named(outside, "http://127.0.0.1/x.png").image()


def test_rows_without_a_folder_name_no_files(outside: Path) -> None:
    picture = Row("7", ("image",), lambda _: {"bytes": None, "path": str(outside / "elsewhere" / "x.png")}).picture()
    assert picture is not None
    with pytest.raises(PictureError, match=r"row 7, column 'image': .*these rows lie in no folder"):
        picture.image()


@pytest.mark.parametrize("chunk", [b"iCCP", b"zTXt", b"iTXt"])
def test_a_chunk_that_unpacks_to_a_thousand_times_its_size_is_an_error_of_its_picture(chunk: bytes) -> None:
    import struct
    import zlib

    packed = zlib.compress(bytes(8 << 20), 9)
    body = chunk + b"a\0" + (b"\1\0\0\0" if chunk == b"iTXt" else b"\0") + packed
    inserted = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    content = encoded(PIL.Image.new("RGB", (4, 4), "red"))
    assert refused(content[:33] + inserted + content[33:]).startswith("row 7: no readable picture (")
