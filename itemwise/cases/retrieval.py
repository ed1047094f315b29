"""Retrieval: which of many texts share most words with a question, by BM25."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

__all__ = ["nearest", "tokens"]

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # no spaces between words
_RUN = re.compile(rf"([{_UNSPACED}]+)|((?:(?![{_UNSPACED}])\w)+)")
_DIGITS = 4  # of a score: ties within rounding go by place


def nearest(texts: Sequence[str], questions: Sequence[str], count: int) -> list[list[tuple[int, float]]]:
    """For each question the places of up to `count` of the texts and their scores, best first; a text that shares no word is none of them.

    Of equal scores the text that comes first wins.
    """
    from bm25s import BM25

    of_texts = [list(tokens(text)) for text in texts]
    if not any(of_texts):
        return [[] for _ in questions]
    known = {token for each in of_texts for token in each}
    index = BM25()
    index.index(of_texts, show_progress=False)
    found = []
    for question in questions:
        shared = [token for token in tokens(question) if token in known]
        scores = index.get_scores(shared).round(_DIGITS).tolist() if shared else []
        order = sorted((place for place, score in enumerate(scores) if score > 0), key=lambda place: (-scores[place], place))
        found.append([(place, round(scores[place], _DIGITS)) for place in order[:count]])
    return found


def tokens(text: str) -> Iterator[str]:
    """The words of a text in lower case, without numbers; of scripts without spaces each two neighbouring characters.

    Two problems are not alike because they share a number.

    >>> list(tokens("Ann has 17 apples, 小明有苹果"))
    ['ann', 'has', 'apples', '小明', '明有', '有苹', '苹果']
    """
    for unspaced, word in _RUN.findall(unicodedata.normalize("NFKC", text).casefold()):
        if word and not word.isdigit():
            yield word
        for start in range(max(1, len(unspaced) - 1) if unspaced else 0):
            yield unspaced[start : start + 2]
