r"""A text of LaTeX, or of plain mathematics, as tokens; spacing, dollars and sizes of brackets are left out."""

import re
from fractions import Fraction
from typing import NamedTuple

from itemwise.expressions.expression import ExpressionError
from itemwise.expressions.spellings import CHARACTERS, COMMANDS, FUNCTIONS, respelt
from itemwise.extractors.plain_characters import folded
from itemwise.language import phrase

__all__ = ["LONGEST", "Token", "latex_tokens", "repeating_decimal"]

LONGEST = 4000  # characters
_MOST = 300  # tokens
_THREE = r"\d{3}(?!\d)"  # digits behind a separator of thousands
_TOKEN = re.compile(
    rf"""
      (?P<row>\\\\(?:\[-?\d+\.?\d*(?:pt|em|ex|mm|cm)\])?|\\cr(?![a-zA-Z]))
    | \\(?P<environment>begin|end)\s*\{{(?P<name>[a-zA-Z]+)\*?\}}(?:\{{[lcr|\ ]*\}})?
    | \\(?P<style>text(?:bf|it|rm|normal|tt|sf|up)?|[mh]box|math(?:rm|bf|it|sf|bb|cal|tt)|operatorname\*?|boldsymbol|emph)\s*
        \{{(?P<content>[^{{}}]*)\}}
    | (?P<skip>\s+|~|\\[!,;:>\ ]|(?<!\\)\$+|\\[()\[\]]|\\(?:left|right)(?![a-zA-Z])\.?|&(?=\s*=)
        |\\(?:q?quad|[bB]igg?[lrm]?|(?:display|text|script)style|limits|rm|bf|[lL]arge|LARGE|[hH]uge|checkmark|qed)(?![a-zA-Z])
        |\\(?:[hv]space|[hv]?phantom|label|tag)\*?\s*\{{[^{{}}]*\}}|\\(?:text)?color\s*\{{[^{{}}]*\}}
        |\\(?:boxed|fbox|ensuremath|underline|bm|pmb)\s*(?=\{{)
        |\^?\s*\{{?\s*\\(?:text|mathrm)\s*\{{\s*(?:st|nd|rd|th)\s*\}}\s*\}}?|(?<=\d)(?:st|nd|rd|th)(?![A-Za-z])
        |\(?\\p?mod(?![a-z])\s*(?:\{{\w+\}}|\d+|[a-z])\)?|\(?(?<![A-Za-z\\])mod\ \d+\)?)
    | (?P<repeating>\d*\.\d*\s*\\(?:overline|bar|dot)\s*\{{?\d+\}}?)
    | (?P<numeral>(?=[0-9A-F]{{,30}}[0-9])(?=[0-9A-F]{{,30}}[A-F])[0-9A-F]{{2,30}}(?=_\{{?1[1-6]\}}?(?!\d))
        |(?=[0-9a-f]{{,30}}[0-9])[0-9a-f]{{1,30}}(?=_\{{?16\}}?(?!\d)))
    | (?P<number>
        (?:[1-9]\d{{0,2}}(?:(?:,?\\[!,;:]\s*|,\ \\!\ *|\{{,\}}|\\text\{{,\}}|,|\\\ ){_THREE}|\ {_THREE}(?!\s*[/,]))+|\d+)
        (?:\.\d+(?:[eE][-+]?\d+)?)?
        |\.\d+)
    | (?P<letters>[A-Za-z]+)
    | \\(?P<command>[A-Za-z]+)
    | \\(?P<escaped>[{{}}%$|\#_&])
    | (?P<symbol><=|>=|!=|\*\*|[-+*/^_=<>!|()\[\]{{}},;:&%'.?])
    """,
    re.VERBOSE,
)
_DOUBLED = re.compile(r"(?<!\\)\\{2,}(?=[a-zA-Z()\[\]!,;:{}%$])")  # backslashes as JSON doubles them
_DOUBLED_IN_ROWS = re.compile(r"(?<!\\)\\\\(?=(?:[dt]?frac|sqrt|left|right|begin|end|text|pi|cdot)(?![a-zA-Z]))")
_PLAIN_GROUP = re.compile(rf",{_THREE}")
_UNITS = frozenset(
    {"cm", "mm", "km", "ft", "mi", "lb", "lbs", "kg", "mph", "kph", "hr", "hrs", "min", "sec", "yd", "oz", "ml", "deg", "rad", "sq", "in"}
    | {"AM", "PM", "pct"}
)  # words of two or three letters
_UNIT_QUOTIENT = re.compile(r"[A-Za-z]{1,4}(?:\^?\d)?(?:/[A-Za-z]{1,4}(?:\^?\d)?)+")
_SMALL_WORDS = frozenset("per of is to the are for all not no yes odd day one two six ten".split())  # noqa: SIM905
_SHORT_UNITS = frozenset("mgshL")
_CONJUNCTION = re.compile(r"(?<= )(?:and|or)(?= )")
_CLOCK = re.compile(r"\d{1,2}:\d\d")
_WORD = 4  # letters from which a run is a word, and no product


class Token(NamedTuple):
    """A token by its plain spelling.

    `kind` is number, numeral, repeating, letter, command, function, words, currency, symbol, row, begin or end.
    """

    kind: str
    text: str


def latex_tokens(text: str) -> list[Token]:
    """The tokens of a text. Raises ExpressionError where it is too long, or a character has no meaning."""
    if len(text) > LONGEST:
        raise ExpressionError(phrase("it has {n} characters, more than {most}", n=len(text), most=LONGEST))
    plain = respelt(folded(text).translate(CHARACTERS))
    plain = (_DOUBLED if "\\begin" not in plain else _DOUBLED_IN_ROWS).sub(r"\\", plain)
    tokens: list[Token] = []
    at = depth = 0
    while at < len(plain):
        found = _TOKEN.match(plain, at)
        if found is None:
            raise ExpressionError(phrase("{words!r} is not understood", words=plain[at : at + 10]))
        at = found.end()
        if found.lastgroup == "number" and depth and (comma := _PLAIN_GROUP.search(found.group())):  # (1,234) is a point
            at = found.start() + comma.start()
            made = [Token("number", plain[found.start() : at])]
        else:
            made = _made(found)
        tokens += made
        depth += sum((token.text in ("(", "[", "\\{")) - (token.text in (")", "]", "\\}")) for token in made if token.kind == "symbol")
        if len(tokens) > _MOST:
            raise ExpressionError(phrase("it has more than {most} tokens", most=_MOST))
    while tokens and tokens[-1].kind in ("symbol", "row") and tokens[-1].text in (".", ",", ";", "\\\\"):
        tokens.pop()
    return tokens


def _made(found: re.Match[str]) -> list[Token]:
    kind, text = found.lastgroup, found.group()
    match kind:
        case "skip":
            return []
        case "row":
            return [Token("row", "\\\\")]
        case "name":
            return [Token(found["environment"], found["name"])]
        case "content":
            return _styled(found["style"], found["content"])
        case "number":
            return [Token("number", re.sub(r"\\text|[^\d.eE+-]", "", text))]
        case "letters":
            return _lettered(text)
        case "command":
            return [_named(COMMANDS.get(found["command"], found["command"]))]
        case "escaped":
            return [Token("currency", "dollar") if text == "\\$" else Token("symbol", text if text in ("\\{", "\\}") else text[1:])]
        case "symbol":
            return [Token("symbol", "^" if text == "**" else text)]
    return [Token(str(kind), text)]


def _named(name: str) -> Token:
    if name in ("and", "or", "angle", "triangle"):
        return Token("words", name)
    if name in ("euro", "pound"):
        return Token("currency", name)
    return Token("command" if name.isalpha() and name != "in" else "symbol", name)


def _styled(style: str, content: str) -> list[Token]:
    r"""What stands in ``\text{}`` and its kin: words, or the letter of ``\mathbf{v}`` and the digits of ``\textbf{5}``."""
    plain = " ".join(re.sub(r"\\[!,;: ]|~|(?<!\\)\$", " ", content).split())
    if style == "mathbb":
        return [Token("letter", f"set {plain}")]
    if plain in FUNCTIONS:
        return [Token("function", COMMANDS.get(plain, plain))]
    if "\\" not in plain and (re.search(r"[A-Za-z]{2}", _CONJUNCTION.sub("", plain)) or _UNIT_QUOTIENT.fullmatch(plain)):
        return latex_tokens(plain) if _CLOCK.match(plain) else [Token("words", plain)]
    if plain in _SHORT_UNITS and style in ("text", "mbox", "mathrm"):
        return [Token("words", plain)]
    return latex_tokens(plain) if plain.strip(".,;:") else []


def _lettered(run: str) -> list[Token]:
    """A run of letters: a word, a function with what it is of, or variables beside each other."""
    function = next((run[:end] for end in (len(run), len(run) - 1) if run[:end] in FUNCTIONS), "")
    if function:
        return [Token("function", COMMANDS.get(function, function)), *(Token("letter", letter) for letter in run[len(function) :])]
    if run == "USD":
        return [Token("currency", "dollar")]
    if len(run) >= _WORD or run in _UNITS or run in ("and", "or") or run[0].lower() + run[1:] in _SMALL_WORDS:
        return [Token("words", run)]
    return [Token("letter", letter) for letter in run]


def repeating_decimal(text: str) -> Fraction:
    r"""The value of a token such as ``0.1\overline{6}``."""
    whole, once, again = re.findall(r"(\d*)\.(\d*)\D+(\d+)", text)[0]
    return Fraction(f"{whole or 0}.{once or 0}") + Fraction(int(again), 10 ** len(once) * (10 ** len(again) - 1))
