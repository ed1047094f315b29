"""Makes look-alike characters plain: full-width forms, other scripts' digits, circled letters, odd dashes; the text keeps its length."""

import re

_LOOKALIKES: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # full-width forms
_LOOKALIKES |= {first + place: ord("A") + place for first in (0x24B6, 0x1F130, 0x1F150, 0x1F170) for place in range(26)}  # Ⓑ and its kind
_LOOKALIKES |= {ord(dash): "-" for dash in "−‐‑‒–—﹣"}
_LOOKALIKES |= {ord(quote): '"' for quote in "“”„″"} | {ord(quote): "'" for quote in "‘’"}
_LOOKALIKES |= {ord(space): " " for space in "\u00a0\u2002\u2003\u2007\u2009\u202f\u3000\ufeff\u200b"}
_LOOKALIKES |= {ord(half): wide for half, wide in zip("｡｢｣､", "。「」、", strict=True)}
_LOOKALIKES |= {ord(odd): plain for odd, plain in zip("İ【】", "i[]", strict=True)}
_LOOKALIKES |= {ord(odd): plain for odd, plain in zip("⁄∕٫٬٪।", "//.,%.", strict=True)}
_ZEROS = "٠۰߀०০੦૦୦௦౦೦൦෦๐໐༠၀႐០᠐᥆᧐᭐᮰᱀᱐꘠꣐꤀꧐꩐꯰"  # the zero of each script; its other digits follow it
_LOOKALIKES |= {ord(zero) + value: str(value) for zero in _ZEROS for value in range(10)}
_MAGNITUDE = re.compile("[KMB](?<=[0-9].)(?![A-Za-z0-9])")


def folded(text: str) -> str:
    """The text with full-width forms, other digits, odd dashes, quotes and spaces made plain; as long as it was."""
    return text if text.isascii() else text.translate(_LOOKALIKES)


def lowered(text: str) -> str:
    """The folded text in lower case, but for the K, M or B right behind a number: "1.5M" are millions, "1.5m" are metres."""
    lower, at = [], 0
    for magnitude in _MAGNITUDE.finditer(text):
        lower += [text[at : magnitude.start()].lower(), magnitude.group()]
        at = magnitude.end()
    return "".join([*lower, text[at:].lower()])
