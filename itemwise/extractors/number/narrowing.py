"""Drops what a sentence says in passing: asides in brackets, denials, reasons, and all before its last "so"."""

from itemwise.extractors.number.phrase_tokens import Token
from itemwise.extractors.number.vocabulary import CONCLUSIONS, CONDITIONS, DENIALS, REASONS


def without_asides(sentence: list[Token]) -> list[Token]:
    """Without what stands in round brackets after a number; "(12)" and "f(2) = 3" stay whole."""
    kept, depth, seen_number = [], 0, False
    for before, token in zip([None, *sentence], sentence, strict=False):
        if token.text == "(" and (depth or (seen_number and before and before.kind in ("number", "word"))):
            depth += 1
        elif depth:
            depth -= token.text == ")"
        else:
            kept.append(token)
            seen_number = seen_number or token.kind == "number"
    return kept


def without_denials(sentence: list[Token]) -> list[Token]:
    """Without the numbers right behind a "not"."""
    return [token for index, token in enumerate(sentence) if token.kind != "number" or not _is_denied(sentence, index)]


def _is_denied(sentence: list[Token], index: int) -> bool:
    return any(token.text in DENIALS for token in sentence[max(0, index - 2) : index])


def without_reasons(sentence: list[Token], *, announced: bool) -> list[Token]:
    """Without the clause that gives a reason: what follows it to the end, or up to the comma behind "since it ..., ".

    Where nothing was announced, a result worked out inside the clause stays: "leaving him, as 7 - 3 = 4, with 4".
    """
    index = next((index for index, token in enumerate(sentence) if token.text in REASONS), None)
    if index is None:
        return sentence
    before, clause = sentence[:index], sentence[index:]
    comma = next((at for at, token in enumerate(clause) if token.kind == "comma"), len(clause))
    rest = clause[comma + 1 :]
    if _has(rest, "number") and (_has(rest, "equals") or not _has(before, "number")):
        return before + rest
    keeps = not announced and clause[0].text not in ("because", "since") and _has(clause, "equals")
    return sentence if keeps else before


def _has(tokens: list[Token], kind: str) -> bool:
    return any(token.kind == kind for token in tokens)


def without_conditions(sentence: list[Token]) -> list[Token]:
    """Without the values it holds for: "between x = -2 and x = 5", "with n = 7"."""
    kept: list[Token] = []
    index, dropped = 0, False
    while index < len(sentence):
        token = sentence[index]
        length = _assigned(sentence, index + 1) if token.text in CONDITIONS or (dropped and token.text in ("and", "to", ",")) else 0
        dropped = length > 0
        kept += [] if dropped else [token]
        index += 1 + length
    return kept


def _assigned(sentence: list[Token], index: int) -> int:
    """How many tokens from this index on give a letter a value, 0 where they do not."""
    name, equals, *value = [*sentence[index : index + 4], *[None] * 4][:4]
    if not (name and name.kind == "letter" and equals and equals.text == "=" and value[0]):
        return 0
    if value[0].kind == "number":
        return 3
    return 4 if value[0].text == "-" and value[1] and value[1].kind == "number" else 0


def after_conclusion(sentence: list[Token]) -> list[Token]:
    """From the last "so", "therefore" or "hence" on."""
    indices = [index for index, token in enumerate(sentence) if token.text in CONCLUSIONS]
    return sentence[indices[-1] + 1 :] if indices else sentence
