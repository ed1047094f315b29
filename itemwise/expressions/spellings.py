r"""What is spelt in several ways: commands of LaTeX, characters of their own, and words that are functions."""

__all__ = ["CHARACTERS", "COMMANDS", "FUNCTIONS"]

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
"""
COMMANDS = {other: name for name, _, others in (line.partition(": ") for line in _SAME.strip().splitlines()) for other in others.split()}

_SIGNS = {
    "×": "times", "÷": "div", "·": "cdot", "⋅": "cdot", "∙": "cdot", "π": "pi", "∞": "infty", "∪": "cup", "∩": "cap", "∈": "in",
    "≤": "le", "≥": "ge", "≠": "ne", "±": "pm", "∓": "mp", "≈": "approx", "∅": "emptyset", "⟨": "langle", "⟩": "rangle", "⌊": "lfloor",
    "⌋": "rfloor", "⌈": "lceil", "⌉": "rceil", "∨": "lor", "∧": "land", "∖": "setminus", "θ": "theta", "α": "alpha", "β": "beta",
    "γ": "gamma", "δ": "delta", "λ": "lambda", "ω": "omega", "φ": "phi", "ϕ": "phi", "μ": "mu", "σ": "sigma", "ρ": "rho", "τ": "tau",
}  # fmt: skip
CHARACTERS = str.maketrans({
    **{sign: f"\\{command} " for sign, command in _SIGNS.items()},
    **{power: f"^{{{digit}}}" for digit, power in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{fraction: f"\\frac{{{above}}}{{{below}}}" for fraction, above, below in zip("½⅓⅔¼¾⅕⅙⅛", "11213111", "23344568", strict=True)},
    "√": "sqrt ", "°": "^\\circ ", "º": "^\\circ ", "′": "'", "ℝ": "\\mathbb{R}", "€": "\\text{euro}", "£": "\\text{pound}", "、": ",",
})  # fmt: skip

FUNCTIONS = frozenset(
    {"sqrt", "arcsin", "arccos", "arctan", "sin", "cos", "tan", "cot", "sec", "csc", "log", "ln", "exp", "gcd", "lcm"}
    | {"pi", "infinity", "infty", "inf", "theta"}
)  # of plain text, where no backslash marks them
