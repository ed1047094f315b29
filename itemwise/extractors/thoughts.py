"""Parts the think blocks of a reply from its text: the reports show them, no extractor reads them."""

from itemwise.extractors.visible import folded, thoughts

__all__ = ["parted", "thoughts_in"]


def thoughts_in(text: str) -> str:
    """The think blocks of `text` with their marks, as the extractors leave them out; empty where there are none."""
    return "\n".join(text[start:end].strip() for start, end in thoughts(folded(text)))


def parted(text: str, span: tuple[int, int] | None = None) -> tuple[str, str, tuple[int, int] | None]:
    """`text` without its think blocks, those blocks, and where `span` of the text then is (None where it lies in a block)."""
    spans = thoughts(folded(text))
    if not spans:
        return text, "", span
    starts, ends = [0, *(end for _, end in spans)], [*(start for start, _ in spans), len(text)]
    shown = "".join(text[start:end] for start, end in zip(starts, ends, strict=True))
    return shown.strip(), thoughts_in(text), span and _moved(span, spans, len(shown) - len(shown.lstrip()))


def _moved(span: tuple[int, int], spans: list[tuple[int, int]], stripped: int) -> tuple[int, int] | None:
    """`span` where `spans` and so many characters at the beginning are taken out."""
    start, end = span
    gone = stripped + sum(last - first for first, last in spans if last <= start)
    overlaps = any(first < end and start < last for first, last in spans)
    return None if overlaps or start < gone else (start - gone, end - gone)
