"""How a reply is to begin and end: the request repeated, a last phrase, quotation marks, two answers."""

from itemwise.instructions.instruction import Arguments

__all__ = ["end_checker", "quotation", "repeat_prompt", "two_responses"]

_BETWEEN = "******"


def repeat_prompt(text: str, arguments: Arguments) -> str:
    """The request first, whatever its letter case."""
    asked = arguments["prompt_to_repeat"].strip().lower()
    return "" if text.strip().lower().startswith(asked) else "it does not begin with the request"


def two_responses(text: str, arguments: Arguments) -> str:  # noqa: ARG001 - there are none
    """Two different answers, with six asterisks between them; asterisks at either end are let pass."""
    parts = text.split(_BETWEEN)
    if not all(part.strip() for part in parts[1:-1]):
        return f"nothing between two {_BETWEEN}"
    answers = [part.strip() for part in parts if part.strip()]
    if len(answers) != 2:
        return f"{len(answers)} answers parted by {_BETWEEN}, not 2"
    return "both answers are the same" if answers[0] == answers[1] else ""


def end_checker(text: str, arguments: Arguments) -> str:
    """A phrase last, in quotation marks or not, whatever its letter case."""
    phrase = arguments["end_phrase"].strip()
    return "" if text.strip().strip('"').lower().endswith(phrase.lower()) else f"it does not end with {phrase!r}"


def quotation(text: str, arguments: Arguments) -> str:  # noqa: ARG001 - there are none
    """Double quotation marks around the whole."""
    whole = text.strip()
    return "" if len(whole) > 1 and whole[0] == whole[-1] == '"' else "not in double quotation marks"
