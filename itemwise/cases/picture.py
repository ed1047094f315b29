"""Pictures of cases: lazy loading, safe decoding (format and size limits), and conversion to upright 8-bit RGB."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from itemwise.cases.regular_file import open_regular

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["FORMATS", "Picture", "PictureError", "encoded_picture"]

# What is decoded, whatever a file is called: Pillow's other decoders start programs (EPS runs Ghostscript) or are seldom looked after.
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")

_KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}  # what every reader of pictures takes, by how files begin
_REFUSED = {  # by how files begin
    b"%!PS": "EPS", b"\xc5\xd0\xd3\xc6": "EPS", b"%PDF": "PDF", b"8BPS": "PSD", b"\0\0\1\0": "ICO", b"<svg": "SVG", b"<?xml": "SVG",
    b"\xd7\xcd\xc6\x9a": "WMF", b"\1\0\0\0": "EMF", b"\0\0\0\x0cjP  ": "JPEG 2000",
}  # fmt: skip
LARGEST = 64_000_000  # pixels; a small file can unpack to more than memory holds
LARGEST_FILE = 64 << 20  # bytes


class PictureError(Exception):
    """A picture cannot be had or decoded; the message says which, what was wrong and what to do instead."""


class Picture:
    """One picture. `where` names it in messages; `read` gives its file's bytes, a path, a ``{"bytes", "path"}`` of a dataset's
    image column, or a picture of Pillow, and is called once, when the picture is first wanted."""

    def __init__(self, where: str, read: Callable[[], Any]) -> None:
        self.where = where
        self._read = read

    def __repr__(self) -> str:
        return f"Picture({self.where!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Picture) and self.sha256 == other.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __reduce__(self) -> tuple[Any, ...]:
        """On the way to another process a picture takes its content along."""
        return _held, (self.where, self.content)

    @classmethod
    def known(cls, sha256: str) -> Picture:
        """A picture of which the hash is known and no more, as in a reply that was read back: its content raises PictureError."""

        def missing() -> Any:
            raise FileNotFoundError("only its hash was kept")

        picture = cls(f"picture {sha256[:12]}", missing)
        picture.__dict__["sha256"] = sha256  # as cached_property keeps it
        return picture

    @cached_property
    def content(self) -> bytes:
        """The encoded picture, as it was stored. Raises PictureError where it is not there, or larger than LARGEST_FILE."""
        try:
            content = _encoded(self._read(), self.where)
            if len(content) > LARGEST_FILE:
                raise PictureError(f"{self.where}: a picture of more than {LARGEST_FILE >> 20} MB; scale it down.")
            return content
        except (OSError, ValueError, RuntimeError) as error:  # the latter two for a path with a null byte, or of links in a circle
            raise PictureError(f"{self.where}: the picture cannot be read ({error}); check the path.") from None

    @cached_property
    def sha256(self) -> str:
        """The hash of its content: what a picture adds to the key of a stored reply."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def kind(self) -> str | None:
        """``image/png`` or ``image/jpeg`` by how the content begins; None for anything else."""
        return next((kind for beginning, kind in _KINDS.items() if self.content.startswith(beginning)), None)

    def data_uri(self) -> str:
        """The picture inside a URI: PNG and JPEG as they are, others as PNG. Raises PictureError as `image` does."""
        shown = self if self.kind else Picture(self.where, self.image)
        return f"data:{shown.kind};base64,{base64.b64encode(shown.content).decode()}"

    def image(self) -> Image:
        """The picture as a model sees it: upright, its first frame, 8-bit RGB, on white where it was transparent.

        Raises PictureError where the content is no picture of FORMATS, is damaged, or has more than LARGEST pixels.
        """
        import PIL.Image
        import PIL.ImageOps

        try:
            with PIL.Image.open(io.BytesIO(self.content), formats=FORMATS) as image:
                width, height = image.size
                if width * height > LARGEST:
                    raise PictureError(f"{self.where}: {width} x {height} pixels are more than {LARGEST}; scale the picture down.")
                return _rgb(PIL.ImageOps.exif_transpose(image))
        except PictureError:
            raise
        except PIL.UnidentifiedImageError:
            raise PictureError(f"{self.where}: no readable picture ({_advice(self.content)}); check the file.") from None
        except PIL.Image.DecompressionBombError as error:
            raise PictureError(f"{self.where}: {error}; scale the picture down.") from None
        except Exception as error:  # a damaged file fails in many ways, each decoder with errors of its own
            raise PictureError(f"{self.where}: no readable picture ({type(error).__name__}: {error}); check the file.") from None


def _held(where: str, content: bytes) -> Picture:
    return Picture(where, lambda: content)


def _encoded(value: Any, where: str) -> bytes:
    match value:
        case bytes():
            return value
        case {"bytes": bytes() as content}:
            return content
        case {"path": str() as path} | (str() as path) | (Path() as path):
            with open_regular(Path(path)) as file:
                return file.read(LARGEST_FILE + 1)  # more is refused
        case None | {}:
            raise PictureError(f"{where}: there is no picture.")
    if hasattr(value, "save"):
        return encoded_picture(value)
    raise PictureError(f"{where}: {type(value).__name__} is no picture; give bytes, a path, or a picture of Pillow.")


def _advice(content: bytes) -> str:
    """What content is that no decoder of FORMATS takes, in words."""
    read = ", ".join(FORMATS)
    kind = next((name for beginning, name in _REFUSED.items() if content[: len(beginning)] == beginning), None)
    kind = kind or ("AVIF or HEIC" if content[4:8] == b"ftyp" else None)
    return f"{kind} is not read; convert it to one of {read}" if kind else f"its content is none of {read}, or is damaged"


def encoded_picture(image: Image) -> bytes:
    """A picture of Pillow as a PNG."""
    content = io.BytesIO()
    image.save(content, format="PNG")
    return content.getvalue()


def _rgb(image: Image) -> Image:
    """8-bit RGB of any mode: what Pillow itself would cut off (16 bits) is scaled, what is transparent lies on white."""
    import numpy
    import PIL.Image

    if image.mode.startswith(("I", "F")):
        levels = numpy.asarray(image, dtype=numpy.float64)
        if not numpy.isfinite(levels).all():
            raise ValueError("pixels that are no numbers")
        most = 65535.0 if image.mode != "F" else float(max(levels.max(), 1.0))
        image = PIL.Image.fromarray((levels.clip(0, most) * (255.0 / most)).round().astype(numpy.uint8))
    if "A" in image.mode or "a" in image.mode or "transparency" in image.info:
        seen = image.convert("RGBA")
        paper = PIL.Image.new("RGBA", seen.size, "white")
        return PIL.Image.alpha_composite(paper, seen).convert("RGB")
    return image.convert("RGB")
