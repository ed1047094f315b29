"""ScienceQA: school science questions about a picture, answered with an option's letter (Lu et al. 2022, arXiv:2209.09513).

A row, made up here in the dataset's form; ``answer`` counts from 0, and ``image`` is None where there is no picture::

    {"image": <PNG>, "question": "Which magnet pulls harder?", "choices": ["the left one", "the right one"], "answer": 1,
     "hint": "Both magnets hold a nail.", "lecture": "", "subject": "natural science", "topic": "physics", "grade": "grade3"}

Source: ``derek-thomas/ScienceQA`` on the Hugging Face hub. Licence: CC BY-NC-SA 4.0, for non-commercial use; it is downloaded, never
shipped. No commit of it could be confirmed, so reports call it unpinned. Without a hub the rows are made
(``itemwise.synthetic.science_pictures``), and called scienceqa-synthetic.

Of the 4,241 rows in ``test`` only the 2,017 with a picture are asked. Three variants circulate under one name: with the question's hint
(``json``, ``letter``), with the picture and the question alone (``...-plain``), and with hint and lecture (``...-lecture``).
"""

import json
from collections.abc import Iterator, Sequence
from functools import partial

from itemwise import Card, Case, Examples, Hub, Row, Source, cases, draw_like_random
from itemwise.cases.case import LETTERS
from itemwise.extractors import stated_choice
from itemwise.synthetic import science_pictures

SCIENCEQA = Hub("derek-thomas/ScienceQA", split="test")
FORMS = {
    "json": """\
{context}{question}
{options}

Look at the picture. Reply with JSON only: "seen" is what you see, "option" is the right option, "answer" is its letter.""",
    "letter": """\
{context}{question}
{options}

Look at the picture. Reply with the letter of the right option only.""",
    "json-zh": """\
{context}{question}
{options}

看图回答。只回复 JSON：seen 是你看到的内容，option 是正确的选项，answer 是它的字母。""",
    "letter-zh": """\
{context}{question}
{options}

看图回答。只回复正确选项的字母。""",
}
CONTEXTS = {"": "{hint}", "-plain": "", "-lecture": "{hint}{lecture}"}
PROMPTS = {name + end: form.replace("{context}", context) for end, context in CONTEXTS.items() for name, form in FORMS.items()}
TAGS = ("subject", "topic", "grade", "kind")


def scienceqa(source: Source, prompt: str, prompt_name: str = "") -> Iterator[Case]:
    for row in source.rows(SCIENCEQA, synthetic=science_pictures):
        if picture := row.picture("image"):
            tags = {tag: str(row[tag]) for tag in TAGS if row.get(tag)}
            name = f"scienceqa-{row.get('pid', row.id)}"
            choices = row.choices("choices")
            right = row.place("answer", choices)
            shown = partial(solution, row, prompt_name, choices, right)
            yield Case.choice(name, partial(prompt_for, prompt, row), choices, right, tags=tags, picture=picture, solution=shown)


def prompt_for(prompt: str, row: Row, choices: Sequence[str]) -> str:
    options = "\n".join(f"{letter}. {choice}" for letter, choice in zip(LETTERS, choices, strict=False))
    context = {name: f"{text}\n" if (text := row.text(name, "")) else "" for name in ("hint", "lecture")}
    return prompt.format(question=row.text("question"), options=options, **context)


def solution(row: Row, prompt_name: str, choices: Sequence[str], right: int) -> str:
    """A good reply to the prompt of that name, for --shots; only made rows tell what is to be seen."""
    if not prompt_name.startswith("json"):
        return LETTERS[right]
    seen = {"seen": text} if (text := row.text("description", "")) else {}
    return json.dumps({**seen, "option": choices[right], "answer": LETTERS[right]}, ensure_ascii=False)


CARD = Card(
    version=1,
    measures="school science questions about a picture",
    hub=SCIENCEQA,
    rows="2,017 with a picture, of 4,241",
    licence="CC BY-NC-SA 4.0",
    suites=("choices", "pictures", "quick"),
    published=("LLaVA-1.5-7B 66.8% (docs/MODEL_ZOO.md of LLaVA); more in docs/published-numbers.md",),
)


@cases(scienceqa, prompts=PROMPTS, extract=stated_choice, draw=draw_like_random, pictures=True, examples=Examples("train"), card=CARD)
def test_scienceqa(case: Case, answer: str | None) -> None:
    assert answer == case.answer
