"""Tokenizer of arithmetic in text: numbers, operators, brackets, currencies and words, in plain text, LaTeX and JSON."""

import re

__all__ = ["OPERATORS", "RAISED", "TOKEN", "VULGAR"]

_LATEX = r"\\{1,4}"  # JSON doubles a backslash, JSON in JSON again
_DOLLAR = rf"(?:[$€£¥₹]|{_LATEX}\$)"
_BRACED = r"(?:[^{}\n]|\{[^{}\n]{0,80}\}){1,80}"
_LATIN = "A-Za-zÀ-ɏ"
TOKEN = re.compile(
    rf"""
      (?P<space>\r?\n(?=[ \t]*(?:\\\\[ \t]*)?&?[ \t]*=[^=])  # the next line begins with an equals sign
        | [ \t`&_]+ | {_LATEX}(?:[,;:!()\[\]\ ] | (?:left|right|q?quad|displaystyle)(?![A-Za-z])) | (?<=[0-9])-(?=[^\W\d_]))
    | (?P<power>(?<=[0-9)])\*\*(?=[-0-9(]) | (?<=\ )\*\*(?=\ ))
    | (?P<emphasis>\*\*+)
    | (?P<stop>\n | {_LATEX}n(?!eq|abla|eg|mid|[eu]\b|ot\b) | [,;:"'|\#<>。、≈] | \.(?![0-9]) | {_LATEX}"
        | {_LATEX}(?:approx|neq?|[lg]eq?|equiv|sim|to|implies|rightarrow|therefore)(?![A-Za-z]) | [-+*/<>!:~]=+ | ={{2,}} | =[<>~]+)
    | (?P<words>(?:(?!per\s?cent|(?:multiplied|divided)\s)[a-z]+\ )+(?=[a-z]))  # in a row, another word behind them
    | (?P<equals>=)
    | (?P<fraction>{_LATEX}[dtc]?frac\s?\{{(?P<top>{_BRACED})\}}\s?\{{(?P<bottom>{_BRACED})\}})
    | (?P<clock>[0-9]+(?::[0-9]+)+ | [0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}}(?![0-9]) | [0-9]{{4}}[-/][0-9]{{2}}[-/][0-9]{{2}}(?![0-9]))
    | (?P<spaced>[0-9]{{1,3}}(?:\ [0-9]{{3}}){{1,4}}(?![0-9]))
    | (?P<number>[0-9]{{1,3}}(?:(?:,|\{{,\}}|{_LATEX},)[0-9]{{2,3}}){{0,9}}(?:,|\{{,\}}|{_LATEX},)[0-9]{{3}}(?![0-9])(?:\.[0-9]+)?
        | [0-9]+(?:\.[0-9]+)? | \.[0-9]+ | [½⅓⅔¼¾⅕⅛])
    | (?P<raised>[²³])
    | (?P<money>{_DOLLAR}\s?(?=[0-9.(\\]) | (?:rs\.?|usd|rmb|hk\$|us\$)\s?(?=[0-9]))
    | (?P<modulo>(?<=\ )%(?=\s[0-9(]) | mod(?=\s[0-9(]))
    | (?P<percent>\\{{0,4}}% | per\s?cent(?![A-Za-z]))
    | (?P<of>of(?=\s+(?:{_DOLLAR}|[0-9(])))
    | (?P<per>/\s?(?=[^\W\d_]|{_LATEX}(?:text|mathrm)))
    | (?P<operator>//|[-+*/^×·÷⋅∙∗⁄] | {_LATEX}\* | {_LATEX}(?:times|cdot|div|ast)(?![A-Za-z]) | \\u00[df]7
        | (?:plus|minus|times|multiplied\sby|divided\sby)(?=\s[-$0-9(\\]))
    | (?P<cross>x(?=\s?(?:[$(]?\.?[0-9]|{_LATEX}\$|\(\()))
    | (?P<open>[(\[{{] | {_LATEX}(?:boxed|mathbf|mathrm|textbf|text)\s?\{{(?=[^{{}}]{{0,80}}[0-9]))
    | (?P<close>[)\]}}])
    | (?P<word>{_LATEX}(?:text|mathrm|textbf|textit|mbox)\s?\{{[^{{}}]{{0,80}}\}}(?:\^\{{?[23]\}}?)?
        | {_LATEX}u[0-9a-f]{{4}} | {_LATEX}[A-Za-z]+
        | [{_LATIN}][{_LATIN}0-9_]*(?:['-][{_LATIN}]+)*(?:[²³]|\^\{{?[23]\}}?)? | [^\W\d_{_LATIN}]+ | [$€£¥¢°])
    | (?P<odd>.)
    """,  # noqa: RUF001 - what models write
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
OPERATORS = {"plus": "+", "minus": "-", "times": "*", "cdot": "*", "ast": "*", "div": "/", "by": "*", "^": "**"}
OPERATORS |= {"·": "*", "⋅": "*", "∙": "*", "÷": "/", "u00d7": "*", "u00f7": "/"}
OPERATORS |= {"×": "*", "∗": "*", "⁄": "/"}  # noqa: RUF001
VULGAR = {"½": "(1/2)", "⅓": "(1/3)", "⅔": "(2/3)", "¼": "(1/4)", "¾": "(3/4)", "⅕": "(1/5)", "⅛": "(1/8)"}
RAISED = {"²": "**2", "³": "**3"}
