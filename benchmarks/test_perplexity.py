"""Perplexity: how many bits a model needs for each byte of a text. Only by `--strategy perplexity`; nothing is generated.

A row, made up here; each is a document, and a document a case. The column may be called ``page`` too, as in wikitext's documents::

    {"text": "The cat sat on the mat.\\nIt purred."}

`--source FILE.txt` is one document. The rows of the hub are WikiText-2's articles (Merity et al. 2016, arXiv:1609.07843) as they stand,
with the marks of its tokenizer, which lm-evaluation-harness takes out. No commit of them could be confirmed, so reports call them
unpinned. There are no made rows. A case is correct once its text is scored: the accuracy says that and no more.
"""

from collections.abc import Iterator

from itemwise import Card, Case, Hub, Source, Turn, cases

WIKITEXT = Hub("EleutherAI/wikitext_document_level", "wikitext-2-raw-v1")
CARD = Card(version=1, measures="bits per byte of a text, by --strategy perplexity", hub=WIKITEXT, rows="62", licence="CC BY-SA 4.0")


def documents(source: Source) -> Iterator[Case]:
    for row in source.rows(WIKITEXT):
        yield Case(f"perplexity-{row.id}", [Turn("text", row.text("text" if "text" in row else "page"))], "scored")


def scored(text: str) -> str | None:
    """``scored`` where a reply is a number of bits per byte."""
    return "scored" if text.endswith("bits per byte") else None


@cases(documents, extract=scored, card=CARD)
def test_perplexity(case: Case, answer: str | None) -> None:
    assert answer == case.answer, "nothing was scored: ask it by --strategy perplexity"
