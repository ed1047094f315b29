"""What ``python -m itemwise`` does: with the folders that runs leave, no model and no network; with a model, its configuration."""


class CommandError(Exception):
    """A command cannot be done; the message says in one line what was wrong and what to do instead."""


__all__ = ["CommandError"]
