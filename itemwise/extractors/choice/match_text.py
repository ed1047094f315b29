"""Finds options by their texts instead of their letters: compared without case, markup, space and closing marks, and in one notation."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice

from itemwise.extractors.plain_characters import folded

_LONGEST = 2000  # characters of words or of an option's text that are compared
_ROOT = re.compile(r"(?:\\sqrt|√|(?<![a-z])sqrt)\s?(?:\{([^{}]{1,60})\}|\(([^()]{1,60})\)|([0-9a-z.]{1,20}))")
_FRACTION = re.compile(r"\\[dtc]?frac\s?(?:\{([^{}]{1,60})\}|([0-9a-z]))\s?(?:\{([^{}]{1,60})\}|([0-9a-zπ]))")
_POWER = re.compile(r"\^\{([^{}]{1,20})\}")
_LONE_FACTOR = re.compile(r"\(([^()+,-]{1,40})\)(?=/)|(?<=/)\(([^()+,-]{1,40})\)(?![\^(])")
_HALF_OF_DAY = re.compile(r"(?<=[0-9 ])([ap])\. ?m(?![a-z])\.?")
_PI = re.compile(r"(?<![a-z])pi(?![a-z])")
_NAMED = re.compile(r"\\(times|cdot|pi|leq?|geq?|pm|approx|infty|degree|circ|theta|alpha|beta|lambda|mu|omega)(?![a-z])")
_NAMES = {"times": "*", "cdot": "*", "pi": "π", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "pm": "±", "approx": "≈", "infty": "∞"}
_NAMES |= {"degree": "°", "circ": "°", "theta": "θ", "alpha": "α", "beta": "β", "lambda": "λ", "mu": "μ", "omega": "ω"}
_SIGNS: dict[int, int | str] = dict(str.maketrans("×·⋅∙÷µ", "****/μ"))
_SIGNS |= {ord(digit): f"^{index}" for index, digit in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")} | {ord("½"): "1/2", ord("¼"): "1/4", ord("¾"): "3/4"}
_IDLE = re.compile(
    r"(?<=[a-z])['’]s\b|\\(?:text(?:bf|it|rm)?|math(?:rm|bf|it)|left|right|displaystyle|rm|quad)(?![a-z])|\\[,;!() ]"
    r"|\*\*+|(?<![0-9a-z)}])\*|\*(?![0-9a-z(\\])|[${}_`~\"'’]+"
)
_SPACE = re.compile(r"\s+")
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_ARTICLE = re.compile(r"(?:the|a|an) ")
_DASH = re.compile(r"(?<=[a-z])-(?=[a-z])")
_WORD = re.compile(r"[a-z0-9]+(?:[.,/:][0-9]+)*%?|[^\W\da-z_]|[-+/^=<>√≤≥≈±°*]")
_HEDGES = re.compile(
    r"(?:(?:most|more|very|somewhat|rather|quite|highly|likely|probably|definitely|clearly|certainly|simply|just|indeed|therefore|thus|actually|that|it|this|there|they|is|are|be|its"
    r"|was|were|called|option|answer|choice)[ :,])+(?:(?:the|a|an) )?"
)
_GOES_ON = re.compile(
    r"\s(?:is|are|was|were|has|have|had|can|could|do|does|did|will|would|may|might|should|must|or|isnt|arent|doesnt|dont|comes?|seems?)\b"
    r"|[)\s]{0,3}(?:[+/^=<>√≤≥≈±*%°(](?=\s?[0-9a-z√(])|-\s{0,2}(?:[0-9]|[a-z]\b)|[0-9])"
)
_STOP = re.compile(r"[)\s]{0,2}(?:[.,;:!(\n]|$|-\s|because\b|since\b|as\b|which\b|due\b)")
_JOINED = re.compile(r"\s?(?:,|/|&|\band\b)(?:\s?(?:and|or|the|an?)\b){0,2}\s?")
_DENIED = re.compile(
    r"(?:\b(?:not|never|neither|nor|no|without|unlike|than|instead of|except|excluding|(?:is|are|was|were|do|does|did|ca|could|would|wo)nt)"
    r"|不是|非|不)(?: (?:be|an?|the|necessarily|just))* $"
)
_READS_AS_WORDS = re.compile(r"(?=.{4}).*[^\W\d_]{3}|[\u3040-\u9fff]{2}")
_BRACKETED = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_EDGES = " .,;:!?\n"


def normal(text: str) -> str:
    """The text in the form in which two ways of writing one option agree; "$10 \\mathrm{~m}$" and "10 m" do."""
    return _SPACE.sub("", _readable(text)).strip(_EDGES)


def _readable(text: str) -> str:
    """Lower-case, in one notation, without markup, edges and an article."""
    lower = _IDLE.sub("", _notation(text[:_LONGEST].lower())).strip(_EDGES)
    bracketed = _BRACKETED.fullmatch(lower)
    lower = (bracketed[1] or bracketed[2] or "").strip(_EDGES) if bracketed else lower
    article = _ARTICLE.match(lower)
    return lower[article.end() :] if article else lower


def _notation(lower: str) -> str:
    """Roots, fractions, powers and signs as plain text writes them; thousands without commas."""
    if not lower.isascii():
        lower = folded(lower).translate(_SIGNS)
    if "m." in lower:
        lower = _HALF_OF_DAY.sub(r"\1m", lower)
    if "=" in lower:
        lower = lower.replace(">=", "≥").replace("<=", "≤")
    if "^" in lower:
        lower = _POWER.sub(r"^\1", lower)
    if "√" in lower or "sqrt" in lower:
        lower = _ROOT.sub(_root, lower)
    if "\\" in lower:
        lower = _NAMED.sub(lambda named: _NAMES[named[1]], lower.replace("\\%", "%")).replace("^°", "°")
        lower = _FRACTION.sub(lambda fraction: f"({fraction[1] or fraction[2]})/({fraction[3] or fraction[4]})", lower)
    if "pi" in lower:
        lower = _PI.sub("π", lower)
    if "/" in lower:
        lower = _LONE_FACTOR.sub(lambda factor: factor[1] or factor[2], lower)
    return _THOUSANDS.sub("", lower) if "," in lower else lower


def _root(root: re.Match[str]) -> str:
    inner = root[1] or root[2] or root[3]
    return f"√{inner}" if inner.isalnum() else f"√({inner})"


def same_text(words: str, options: Sequence[str]) -> int | None:
    """The one option whose text the words are."""
    text = normal(words) if options else ""
    forms = _forms(tuple(options))[0] if text else []
    return forms.index(text) if text and forms.count(text) == 1 else None


def option_stated(words: str, options: Sequence[str], *, strict: bool = False) -> int | None:
    """The option whose text the words are, or open with as whole words; None where none or several do.

    A text that goes on as a formula ("60 m - x"), as a sentence about it ("a cloud is") or as one of several is
    none. With `strict`, only a stop or a reason may follow.
    """
    if not options:
        return None
    index = same_text(words, options)
    if index is not None:
        return index
    readable = _readable(words)
    hedges = _HEDGES.match(readable)
    index = _opener(readable, options, strict=strict)
    return _opener(readable[hedges.end() :], options, strict=strict) if index is None and hedges else index


def _opener(readable: str, options: Sequence[str], *, strict: bool) -> int | None:
    _, openers = _forms(tuple(options))
    found = _opening(readable, openers)
    if found is None:
        return None
    opener, rest = found
    if openers.count(opener) != 1 or _GOES_ON.match(rest) or (strict and not _STOP.match(rest)):
        return None
    joined = _JOINED.match(rest)
    several = joined and _opening(rest[joined.end() :], openers)
    return None if several else openers.index(opener)


def _opening(readable: str, openers: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], str] | None:
    """The longest option text, in words, that the readable text opens with, and what follows it."""
    longest = max(map(len, openers), default=0)
    words = list(islice(_WORD.finditer(readable), longest))
    spoken = tuple(word.group() for word in words)
    fitting = [opener for opener in openers if opener and spoken[: len(opener)] == opener]
    if not fitting:
        return None
    opener = max(fitting, key=len)
    return opener, readable[words[len(opener) - 1].end() :]


def option_mentioned(words: str, options: Sequence[str], *, numbers: bool = False) -> int | None:
    """The one option whose text occurs in the words and is not denied there; None where none or several do.

    Texts that are short do not count, nor those that begin with a digit unless `numbers`: they may pass by anywhere.
    """
    padded = f" {' '.join(_words(_readable(words[-_LONGEST:])))} "
    mentioned = []
    normals, openers = _forms(tuple(options))
    for index, opener in sorted(enumerate(openers), key=lambda form: -len(form[1])):
        text = f" {' '.join(opener)} "
        if not ((numbers and len(text) > 5) or (_READS_AS_WORDS.search(normals[index]) and not text[1].isdigit())):
            continue
        at = padded.find(text)
        if at >= 0 and not _DENIED.search(padded, max(0, at - 30), at + 1):
            mentioned.append(index)
        padded = padded.replace(text, " | ")
    return mentioned[0] if len(mentioned) == 1 else None


@lru_cache(maxsize=64)
def _forms(options: tuple[str, ...]) -> tuple[list[str], list[tuple[str, ...]]]:
    return [normal(option) for option in options], [tuple(_words(_readable(option))) for option in options]


def _words(readable: str) -> list[str]:
    return _WORD.findall(_DASH.sub(" ", readable))
