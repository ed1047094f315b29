r"""Parses one written number into its exact value as canonical text: `1,430.` is 1430 and `\frac{1}{3}` is 1/3.

Canonical text is an integer ("-3"), a terminating decimal without idle zeros ("0.5"), or a reduced fraction where no
decimal terminates ("1/3"). Signs and currencies belong to the phrase around a numeral. Reads folded lower-case text.
"""

from __future__ import annotations

import re
from math import gcd

_LONGEST = 1000  # digits: a longer run is a model caught in a loop, and int() refuses 4,300
_LARGEST_POWER = 300

_GROUP = r"(?:,|\{,\}|\\[,!]\ ?|['’\u00a0\u2009\u202f])"
NUMERAL = rf"""
    (?:
        (?P<clock>[0-9]{{1,4}}):(?P<minutes>[0-9]{{1,4}})(?::[0-9]{{1,4}})?
      | (?:(?P<over>[0-9]{{1,9}})\ ?)?\\[dtc]?frac\ ?
        (?:\{{\ ?(?P<top>-?[0-9]{{1,99}})\ ?\}}|(?P<top1>[0-9]))\ ?
        (?:\{{\ ?(?P<bottom>-?[0-9]{{1,99}})\ ?\}}|(?P<bottom1>[0-9]))
      | (?P<whole>[0-9]{{1,9}})(?:\ |\ ?and\ )(?P<part>[0-9]{{1,9}})\ ?/\ ?(?P<parts>[0-9]{{1,9}})(?![0-9])
      | (?P<count>[0-9]{{0,9}})\ ?(?P<vulgar>[½⅓⅔¼¾⅕⅛])
      | (?P<digits>
            [0-9]{{1,3}}(?:{_GROUP}[0-9]{{2,3}}){{0,9}}{_GROUP}[0-9]{{3}}(?![0-9])
          | (?P<dotted>[0-9]{{1,3}}(?:\.[0-9]{{3}}){{1,9}}(?=,[0-9]{{1,2}}(?![0-9])))
          | [0-9]{{1,3}}(?:\ [0-9]{{3}}){{1,4}}(?!\ ?[0-9])
          | [0-9]{{1,4}}(?:,[0-9]{{4}}){{1,4}}(?![0-9])
          | [0-9]+
        )
        (?:\.(?P<decimals>[0-9]+)|,(?P<cents>[0-9]{{1,2}})(?(dotted)|(?=\ ?(?:€|eur))))?
        (?:\ ?/\ ?(?P<divisor>[0-9]{{1,99}})(?![0-9])(?!\.[0-9]))?
      | \.(?P<tail>[0-9]+)
    )
    (?:e(?P<e>[-+]?[0-9]{{1,3}})(?![0-9a-z])
      |\ {{0,6}}[x×*]\ {{0,6}}10(?:\ ?\^\ ?\{{?\ ?(?P<ten>[-+]?[0-9]{{1,3}})\ ?\}}?|(?P<raised>⁻?[⁰¹²³⁴-⁹]{{1,3}}))
      |\ ?\^\ ?(?:\{{(?P<braced>[0-9]{{1,3}})\}}|(?P<power>[0-9]{{1,3}}))
    )?
    (?:[\ -]?(?P<scale>hundred|thousand|million|billion|trillion|lakhs?|crores?|千万|百万|万|亿|萬|億))?
"""
_SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "lakh": 5, "crore": 7}
_SCALES |= {"lakhs": 5, "crores": 7, "百万": 6, "千万": 7, "万": 4, "萬": 4, "亿": 8, "億": 8}
_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_VULGAR = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅛": (1, 8)}


def canonical(numeral: re.Match[str]) -> str | None:
    """The value of a NUMERAL match as canonical text; None for a time such as 7:30, a zero divisor, a runaway number.

    A full hour is its number: 5:00 is 5. A ratio or a time with minutes is no single number.
    """
    if numeral["clock"]:
        return numeral["clock"].lstrip("0") or "0" if set(numeral["minutes"]) == {"0"} else None
    if numeral.end() - numeral.start() > _LONGEST:
        return None
    value = _ratio(numeral)
    if value is None:
        return None
    top, bottom = value
    exponent = int(numeral["e"] or numeral["ten"] or (numeral["raised"] or "0").translate(_RAISED)) + _SCALES.get(numeral["scale"] or "", 0)
    power = int(numeral["braced"] or numeral["power"] or 1)
    if abs(exponent) > _LARGEST_POWER or power * len(str(top)) > _LONGEST:
        return None
    top, bottom = top**power, bottom**power
    return ratio_text(top * 10 ** max(exponent, 0), bottom * 10 ** max(-exponent, 0))


def opposite(number: str) -> str:
    """The canonical text of minus the number; zero has no sign."""
    if number == "0":
        return number
    return number[1:] if number.startswith("-") else "-" + number


def _ratio(numeral: re.Match[str]) -> tuple[int, int] | None:
    if numeral["top"] or numeral["top1"]:
        top, bottom = int(numeral["top"] or numeral["top1"]), int(numeral["bottom"] or numeral["bottom1"])
        return _mixed(int(numeral["over"] or 0), top, bottom)
    if numeral["whole"]:
        return _mixed(int(numeral["whole"]), int(numeral["part"]), int(numeral["parts"]))
    if numeral["vulgar"]:
        return _mixed(int(numeral["count"] or 0), *_VULGAR[numeral["vulgar"]])
    digits = "".join(filter(str.isdigit, numeral["digits"] or "0"))
    decimals = numeral["decimals"] or numeral["cents"] or numeral["tail"] or ""
    return _mixed(0, int(digits + decimals), 10 ** len(decimals) * int(numeral["divisor"] or 1))


def _mixed(whole: int, top: int, bottom: int) -> tuple[int, int] | None:
    return (whole * bottom + top, bottom) if bottom else None


def ratio_text(top: int, bottom: int) -> str:
    """The canonical text of top/bottom; bottom is not zero."""
    if bottom == 1:
        return str(top)
    if bottom < 0:
        top, bottom = -top, -bottom
    shared = gcd(top, bottom)
    top, bottom = top // shared, bottom // shared
    decimals = _decimal_places(bottom)
    if decimals is None:
        return f"{top}/{bottom}"
    if decimals == 0:
        return str(top)
    digits = str(abs(top) * 10**decimals // bottom).rjust(decimals + 1, "0")
    return f"{'-' if top < 0 else ''}{digits[:-decimals]}.{digits[-decimals:]}"


def _decimal_places(bottom: int) -> int | None:
    """How many decimals 1/bottom has, None where they never end."""
    twos = fives = 0
    while bottom % 2 == 0:
        bottom, twos = bottom // 2, twos + 1
    while bottom % 5 == 0:
        bottom, fives = bottom // 5, fives + 1
    return max(twos, fives) if bottom == 1 else None
