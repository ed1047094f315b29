r"""Parses one written number into its exact value as canonical text: `1,430.` is 1430 and `\frac{1}{3}` is 1/3.

Canonical text is an integer ("-3"), a terminating decimal without idle zeros ("0.5"), or a reduced fraction where no
decimal terminates ("1/3"). Signs belong to the phrase around a numeral. Reads folded lower-case text, see `visible.lowered`.
"""

from __future__ import annotations

import re
from math import gcd

from itemwise.extractors.number.number_words import chinese_count

_LONGEST = 100  # digits: a longer run is a model caught in a loop, and int() refuses 4,300
_LOOP = re.compile(r"([0-9])\1{32}")  # so is one digit 33 times
_LARGEST_POWER = 300

_SIGNS = "€£¥₹₩₽₫₺₴₦₱฿₪₡₲₵₸₭₮₿¢"
_CODES = "usd|eur|gbp|jpy|cny|rmb|inr|aud|cad|chf|sek|nok|dkk|pln|czk|huf|brl|mxn|krw|rs|kr"
CURRENCY = (
    rf"(?:(?P<dollar>(?<![a-z])(?:us)?\$)|(?<![a-z])(?:au|ca|nz|mx|hk|nt|[acrs])\$|[{_SIGNS}]|(?<![a-z])(?:{_CODES})(?![a-z])\.?)\ {{0,3}}"
)
_COMMA_UNIT = rf"\ ?(?:[{_SIGNS}]|%|(?:{_CODES}|euros?|zł|kč|ft|km|kg|cm|mm|ml|kwh|[mglh])(?![a-z]))"  # behind "12,50", no list
_SCALE = "(?:hundred|thousand|million|billion|trillion|lakh|crore)s?|mn|mio|bn|mrd"
_EXACT = r"-?[0-9]{1,99}(?:\.[0-9]{1,99})?"  # over or under a bar
_PLACE = "[千百十万萬亿億]"
NUMERAL = rf"""
    (?P<currency>{CURRENCY})?
    (?:
        (?P<code>0[xbo][0-9a-f]{{1,99}}(?![a-z0-9]))
      | (?P<clock>[0-9]{{1,4}}):(?P<minutes>[0-9]{{1,4}})(?::[0-9]{{1,4}})?
      | (?:(?P<over>[0-9]{{1,9}})\ {{0,3}})?\\(?:[dtcs]|nice)?frac\ ?
        (?:\{{\ ?(?P<top>{_EXACT})\ ?\}}|(?P<top1>[0-9]))\ ?
        (?:\{{\ ?(?P<bottom>{_EXACT})\ ?\}}|(?P<bottom1>[0-9]))
      | (?P<whole>[0-9]{{1,9}})(?:\ |\ ?and\ |又)(?P<part>[0-9]{{1,9}})\ ?/\ ?(?P<parts>[0-9]{{1,9}})(?![0-9])
      | (?P<count>[0-9]{{0,9}})\ ?(?P<vulgar>[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞⅐⅑⅒])
      | (?P<places>(?:[0-9]{{1,4}}{_PLACE}{{1,2}}){{1,6}}[0-9]{{0,4}})(?![0-9]|(?<=千)[克米瓦卡]|(?<=百)分|{_PLACE})
      | (?P<digits>
            [0-9]{{1,3}}(?:(?:,|'{{1,6}})[0-9]{{2,3}}){{0,9}}(?:,|'{{1,6}})[0-9]{{3}}(?![0-9])
          | (?P<dotted>[0-9]{{1,3}}(?:\.[0-9]{{3}}){{1,9}}(?=,[0-9]{{1,2}}(?![0-9]))|[0-9]{{1,3}}(?:\.[0-9]{{3}}){{2,9}}(?![0-9.]))
          | [0-9]{{1,3}}(?:\ [0-9]{{3}}){{1,4}}(?!\ ?[0-9])
          | [0-9]+
        )
        (?:\.(?P<decimals>[0-9]+)
          |,(?P<cents>[0-9]{{1,2}})(?![0-9])(?(dotted)|(?(dollar)(?={_COMMA_UNIT})|(?(currency)|(?={_COMMA_UNIT})))))?
        (?:\ ?/\ ?(?P<divisor>[0-9]{{1,99}})(?![0-9])(?!\.[0-9]))?
      | \.(?P<tail>[0-9]+)
    )
    (?:e(?P<e>[-+]?[0-9]{{1,3}})(?![0-9a-z])
      |\ {{0,9}}[x×*]\ {{0,9}}10(?:\ ?(?:\^|\*\*)\ ?(?:\{{\ ?(?P<ten>[-+]?[0-9]{{1,3}})\ ?\}}|(?P<ten1>[-+]?[0-9]{{1,3}}))
        |(?P<raised>⁻?[⁰¹²³⁴-⁹]{{1,3}}))
      |\ ?\^\ ?(?:\{{\ ?(?P<braced>-?[0-9]{{1,3}})\ ?\}}|(?P<power>-?[0-9]{{1,3}}))
      |(?P<superscript>⁻?[⁰¹²³⁴-⁹]{{1,3}})
    )?
    (?:\ and\ (?:a|one)\ (?P<more>half|third|quarter)(?![a-z]))?
    (?:[\ -]?(?P<scale>{_SCALE})(?![a-z])
      |(?P<myriad>千万|百万|万|亿|萬|億)
      |(?P<capital>[KM]|(?(decimals)B|(?(dollar)B(?!\s?\$)|(?(currency)B|(?!)))))(?![A-Za-z0-9])
      |(?(currency)\ ?(?P<money>[kmbt])(?![a-z0-9]|\s{{0,9}}[/^*=+-])(?(dollar)(?!\s?\$))|(?!))
      |(?(decimals)(?P<kilo>k)(?![a-z0-9]|\s?\^)|(?!))
    )?
"""
THOUSANDS_OR_NOT = re.compile(r"\$?[1-9][0-9]{0,2}\.[0-9]{3} ?(?:[€₫₺]|(?:eur|euros?|kr|zł|lei|reais|pesos)(?![a-z]))")  # 1.250 €
_SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "lakh": 5, "crore": 7}
_SCALES |= {"mn": 6, "mio": 6, "bn": 9, "mrd": 9, "k": 3, "m": 6, "b": 9, "t": 12}
_SCALES |= {"百万": 6, "千万": 7, "万": 4, "萬": 4, "亿": 8, "億": 8}
_MORE = {"half": (1, 2), "third": (1, 3), "quarter": (1, 4)}
_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_VULGAR = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5), "⅘": (4, 5)}
_VULGAR |= {"⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8), "⅐": (1, 7), "⅑": (1, 9), "⅒": (1, 10)}


def canonical(numeral: re.Match[str]) -> str | None:
    """The value of a NUMERAL match as canonical text; None for what is no single plain number.

    That is a time of day or ratio such as 7:30, a zero divisor, a power other than of ten, digits without end, and `1.500 €`, which is
    one amount in Paris and another in Dublin.
    """
    written = numeral.group()
    if written.isdecimal() and len(written) < 18:
        return written.lstrip("0") or "0"
    if numeral["clock"] or numeral["code"] or numeral.end() - numeral.start() > 2 * _LONGEST or _LOOP.search(written):
        return None
    if len(numeral["decimals"] or "") == 3 and numeral["currency"] and not numeral["dollar"]:
        return None
    value = _ratio(numeral)
    if value is None or len(str(value[0])) > _LONGEST:
        return None
    raised = numeral["braced"] or numeral["power"] or (numeral["superscript"] or "").translate(_RAISED)
    if raised and value != (10, 1):
        return None
    top, bottom = value
    exponent = _exponent(numeral) + (int(raised) - 1 if raised else 0)
    if abs(exponent) > _LARGEST_POWER:
        return None
    return ratio_text(top * 10 ** max(exponent, 0), bottom * 10 ** max(-exponent, 0))


def _exponent(numeral: re.Match[str]) -> int:
    """The power of ten that the value is multiplied by: what "e9", "x 10^9", "million" and "K" say."""
    written = numeral["e"] or numeral["ten"] or numeral["ten1"] or (numeral["raised"] or "0").translate(_RAISED)
    scale = numeral["myriad"] or (numeral["capital"] or "").lower() or numeral["money"] or numeral["kilo"] or (numeral["scale"] or "")
    return int(written) + _SCALES.get(scale.removesuffix("s"), 0)


def opposite(number: str) -> str:
    """The canonical text of minus the number; zero has no sign."""
    if number == "0":
        return number
    return number[1:] if number.startswith("-") else "-" + number


def _ratio(numeral: re.Match[str]) -> tuple[int, int] | None:
    if numeral["top"] or numeral["top1"]:
        top, top_places = _shifted(numeral["top"] or numeral["top1"])
        bottom, bottom_places = _shifted(numeral["bottom"] or numeral["bottom1"])
        return _mixed(int(numeral["over"] or 0), top * 10**bottom_places, bottom * 10**top_places)
    if numeral["whole"]:
        return _mixed(int(numeral["whole"]), int(numeral["part"]), int(numeral["parts"]))
    if numeral["vulgar"]:
        return _mixed(int(numeral["count"] or 0), *_VULGAR[numeral["vulgar"]])
    if numeral["places"]:
        return chinese_count(re.findall("[0-9]+|.", numeral["places"])), 1
    digits = "".join(filter(str.isdigit, numeral["digits"] or "0"))
    decimals = numeral["decimals"] or numeral["cents"] or numeral["tail"] or ""
    if len(digits + decimals) > _LONGEST:
        return None
    top, bottom = int(digits + decimals), 10 ** len(decimals) * int(numeral["divisor"] or 1)
    more_top, more_bottom = _MORE.get(numeral["more"] or "", (0, 1))
    return _mixed(0, top * more_bottom + more_top * bottom, bottom * more_bottom)


def _shifted(decimal: str) -> tuple[int, int]:
    """A decimal as an integer and the number of its decimal places."""
    return int(decimal.replace(".", "")), len(decimal.partition(".")[2])


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
