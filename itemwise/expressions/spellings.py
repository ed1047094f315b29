r"""What is spelt in several ways: commands of LaTeX, characters of their own, slips, and words that are functions."""

import re
from collections.abc import Callable

__all__ = ["CHARACTERS", "COMMANDS", "FUNCTIONS", "respelt"]

_SAME = r"""
frac: dfrac tfrac cfrac nicefrac sfrac
binom: dbinom tbinom
*: cdot times ast cdotp
/: div slash
<=: leq leqslant leqq le
>=: geq geqslant geqq ge
!=: ne neq
<: lt
>: gt
=: equiv
~=: approx simeq thickapprox
\{: lbrace
\}: rbrace
[: lbrack
]: rbrack
(: lparen
): rparen
|: vert lvert rvert mid
': prime
degree: circ deg
infty: infinity inf infin
emptyset: varnothing
arcsin: asin
arccos: acos
arctan: atan
phi: varphi
epsilon: varepsilon
or: lor vee
and: land wedge
setminus: backslash
sqrt: surd
:: colon
"""
COMMANDS = {other: name for name, _, others in (line.partition(": ") for line in _SAME.strip().splitlines()) for other in others.split()}

_SIGNS = {
    "×": "times", "÷": "div", "·": "cdot", "⋅": "cdot", "∙": "cdot", "π": "pi", "∞": "infty", "∪": "cup", "∩": "cap", "∈": "in",
    "≤": "le", "≥": "ge", "≠": "ne", "±": "pm", "∓": "mp", "≈": "approx", "∅": "emptyset", "⟨": "langle", "⟩": "rangle", "⌊": "lfloor",
    "⌋": "rfloor", "⌈": "lceil", "⌉": "rceil", "∨": "lor", "∧": "land", "∖": "setminus", "θ": "theta", "α": "alpha", "β": "beta",
    "γ": "gamma", "δ": "delta", "λ": "lambda", "ω": "omega", "φ": "phi", "ϕ": "phi", "μ": "mu", "σ": "sigma", "ρ": "rho", "τ": "tau",
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
CHARACTERS = str.maketrans({
    **{sign: f"\\{command} " for sign, command in _SIGNS.items()},
    **{fraction: f"\\frac{{{above}}}{{{below}}}" for fraction, above, below in zip("½⅓⅔¼¾⅕⅙⅛", "11213111", "23344568", strict=True)},
    "√": "sqrt ", "°": "^\\circ ", "º": "^\\circ ", "′": "'", "ℝ": "\\mathbb{R}", "€": "\\euro ", "£": "\\pound ", "、": ",",
    "∛": "sqrt[3]", "…": "...",
})  # fmt: skip

FUNCTIONS = frozenset(
    {"sqrt", "arcsin", "arccos", "arctan", "sin", "cos", "tan", "cot", "sec", "csc", "log", "ln", "exp", "cis", "gcd", "lcm"}
    | {"pi", "infinity", "infty", "inf", "theta"}
)  # of plain text, where no backslash marks them

_RAISED, _LOWERED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "₀₁₂₃₄₅₆₇₈₉"
_DIGITS = str.maketrans(_RAISED + _LOWERED, "0123456789-0123456789")
_REPEATED = re.compile(r"(?P<before>\d*\.\d*?)(?P<again>\d|(?P<block>\d{2,12})(?=(?P=block)))(?P=again){1,40}")


def _continued(found: re.Match[str]) -> str:
    """A decimal that goes on, as one that repeats where its digits show how; else it goes on as dots do, and is not known."""
    digits = found["digits"]
    repeated = _REPEATED.fullmatch(digits)
    if repeated is None or len(digits) - len(repeated["before"]) < 3:
        return f"{digits}\\ldots "
    return f"{repeated['before']}\\overline{{{repeated['again']}}}"


_SLIPS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(wrong), right)
    for wrong, right in (
        (r"\x0c(?=rac)", r"\\f"),  # what JSON makes of \f, \b, \t and \r
        (r"\x08(?=egin|inom|oxed|eta)", r"\\b"),
        (r"\t(?=ext|imes|heta|frac)", r"\\t"),
        (r"\r(?=ight)", r"\\r"),
        (r"(?<![\\A-Za-z])(?=[dt]?frac\{|binom\{)", r"\\"),
        (r"(?<![\\A-Za-z])cbrt(?=\()", "sqrt[3]"),
        (r"^\s*\\(?:therefore|implies|(?:Long)?[Rr]ightarrow)(?![A-Za-z])", ""),
        (r"^\s*(\*{1,3}|[_`\"]{1,3})(.*)\1\s*$", r"\2"),
        (r"^\s*<([^<>,]*,[^<>]*)>\s*$", r"(\1)"),
        (r"^\s*(\d+)\s*(?:\\text\{\s*to\s*\}|to)\s*(\d+)\s*$", r"\1:\2"),
        (rf"[{_RAISED}]+", lambda found: f"^{{{found.group().translate(_DIGITS)}}}"),
        (rf"[{_LOWERED}]+", lambda found: f"_{{{found.group().translate(_DIGITS)}}}"),
        (r"\{:\}", ":"),
        (r"(?<=\d) ?[xX] ?(?=10\s*\^)", r"\\times "),
        (r"\+\s*/\s*-", r"\\pm "),
        (r"\\(mathbb|mathbf|mathrm|mathcal)\s*([A-Za-z])(?![A-Za-z])", r"\\\1{\2}"),
        (r"\\dot\s*\{?(\d)\}?(\d*)\s*\\dot\s*\{?(\d)\}?", r"\\overline{\1\2\3}"),
        (r"(?<!\d)(?P<digits>\d*\.\d{1,60})\s*(?:\.{2,}|\\[lc]?dots(?![A-Za-z]))", _continued),
        (r"\.{2,}", r"\\ldots "),
        (r"(^|\\in|\\cup|=)\s*(?:\\left)?\]([^\[\]()]{1,200}?)(?:\\right)?\[", r"\1(\2)"),  # an open interval as it is written in France
        (r"(?<![A-Za-z])(sq|cu|in|ft|yd|hrs?|mins?|secs?|lbs?|oz)\.(?=\s|\}|$)", r"\1"),
        (r"(?<![A-Za-z])(?:(a)|p)\.\s?m\.?(?![A-Za-z])", lambda found: "AM" if found[1] else "PM"),
        (r"\\text\s*\{\s*\(\s*mod\s*\}\s*(\w+)\s*\)|\\text\s*\{\s*\(?\s*mod (\w+)\s*\)?\s*\}", ""),
    )
)


def respelt(text: str) -> str:
    """The text with its slips mended: what is clear to a reader, but no LaTeX, as the LaTeX that was meant."""
    for wrong, right in _SLIPS:
        text = wrong.sub(right, text)
    return text
