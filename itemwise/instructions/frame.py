"""How a reply is to begin and end: the request repeated, a last phrase, quotation marks, two answers."""

from itemwise.instructions.instruction import Arguments
from itemwise.language import phrase

__all__ = ["end_checker", "quotation", "repeat_prompt", "two_responses"]

_BETWEEN = "******"


def repeat_prompt(text: str, arguments: Arguments) -> str:
    """The request first, whatever its letter case."""
    asked = arguments["prompt_to_repeat"].strip().lower()
    return "" if text.strip().lower().startswith(asked) else phrase("it does not begin with the request")


def two_responses(text: str, arguments: Arguments) -> str:  # noqa: ARG001 - there are none
    """Two different answers, with six asterisks between them; asterisks at either end are let pass."""
    parts = text.split(_BETWEEN)
    if not all(part.strip() for part in parts[1:-1]):
        return phrase("nothing between two {words}", words=_BETWEEN)
    answers = [part.strip() for part in parts if part.strip()]
    if len(answers) != 2:
        return phrase("{n} {n:answer|answers} parted by {words}, not 2", n=len(answers), words=_BETWEEN)
    return phrase("both answers are the same") if answers[0] == answers[1] else ""


def end_checker(text: str, arguments: Arguments) -> str:
    """A phrase last, in quotation marks or not, whatever its letter case."""
    wanted = arguments["end_phrase"].strip()
    is_last = text.strip().strip('"').lower().endswith(wanted.lower())
    return "" if is_last else phrase("it does not end with {words!r}", words=wanted)


def quotation(text: str, arguments: Arguments) -> str:  # noqa: ARG001 - there are none
    """Double quotation marks around the whole."""
    whole = text.strip()
    return "" if len(whole) > 1 and whole[0] == whole[-1] == '"' else phrase("not in double quotation marks")
