"""How an attempt of a request fails: in a way that a later one may not, or hardly escapes."""

__all__ = ["TRANSIENT_STATUSES", "PersistentError", "TransientError"]

TRANSIENT_STATUSES = (408, 409, 425, 429)  # statuses below 500 that a later attempt may not meet again


class TransientError(Exception):
    """An attempt failed in a way that a later one may not. `retry_after` is the wait in seconds that the server asked for, if it did."""

    def __init__(self, text: str, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class PersistentError(TransientError):
    """An attempt failed in a way that later ones will hardly escape. `remedy` is what a user can do; with `alike` every request would
    fail so."""

    def __init__(self, text: str, remedy: str = "", *, alike: bool = False) -> None:
        super().__init__(text)
        self.remedy = remedy
        self.alike = alike
