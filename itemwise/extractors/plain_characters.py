"""Makes look-alike characters plain: full-width forms, circled letters, odd dashes, quotes and spaces; the text keeps its length."""

_LOOKALIKES: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # full-width forms
_LOOKALIKES |= {first + place: ord("A") + place for first in (0x24B6, 0x1F130, 0x1F150, 0x1F170) for place in range(26)}  # Ⓑ and its kind
_LOOKALIKES |= {ord(dash): "-" for dash in "−‐‑‒–—﹣"}
_LOOKALIKES |= {ord(quote): '"' for quote in "“”„″"} | {ord(quote): "'" for quote in "‘’"}
_LOOKALIKES |= {ord(space): " " for space in "\u00a0\u2002\u2003\u2007\u2009\u202f\u3000\ufeff\u200b"}
_LOOKALIKES |= {ord(odd): plain for odd, plain in zip("İ【】", "i[]", strict=True)}


def folded(text: str) -> str:
    """The text with full-width forms, odd dashes, quotes and spaces made plain; as long as it was."""
    return text if text.isascii() else text.translate(_LOOKALIKES)
