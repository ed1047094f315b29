r"""What stands in the last ``\boxed{}`` of a text, as harnesses of MATH read it."""

__all__ = ["in_last_box"]


def in_last_box(text: str) -> str:
    r"""What the braces of the last ``\boxed`` hold, also where they are never closed; without braces, what stands before a ``$``."""
    _, box, rest = text.rpartition("boxed")
    if not box or not rest.startswith("{"):
        return rest.partition("$")[0].strip() if box else ""
    depth = 0
    for place, character in enumerate(rest):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return rest[1:place]
    return rest[1:]
