"""MGSM: 250 problems of GSM8K in 11 languages, each a measurement of its own, such as mgsm-zh (Shi et al. 2022, arXiv:2210.03057).

A row, made up here in the dataset's form, which has a tab between question and gold, and no head::

    小云有17颗糖，又买了25颗。她现在有多少颗糖？	42

The hub has a loading script, which no library runs any longer: the language's file is read. The commit is one that another project names;
it was not seen from here. The same files lie in google-research/url-nlp, folder ``mgsm``, and were read: ``--source FOLDER``. There are no
made rows.
"""

from collections.abc import Iterator

from itemwise import Card, Case, Hub, Source, cases
from itemwise.extractors import last_number

REVISION = "f52417ca77bd71e9888ddc29f92587660725d2b4"
CARD = Card(
    version=1,
    measures="grade-school word problems in 11 languages",
    hub=Hub("juletxara/mgsm", revision=REVISION),
    rows="11 x 250",
    licence="CC BY 4.0 by its repository, CC BY-SA 4.0 by the hub",
    suites=("maths", "quick"),
    published=("Llama-3.1-8B-Instruct 68.9%, zero-shot chain of thought, mean of its languages (Meta's model card)",),
)

STEPS = {  # "Think step by step, one calculation per line. End with a line 'The answer is' and the number."
    "bn": "ধাপে ধাপে চিন্তা করুন, প্রতি লাইনে একটি হিসাব। শেষ লাইনে লিখুন “উত্তর হলো” এবং সংখ্যাটি।",
    "de": "Denke Schritt für Schritt, eine Rechnung pro Zeile. Ende mit einer Zeile „Die Antwort ist“ und der Zahl.",
    "en": 'Think step by step, one calculation per line. End with a line "The answer is" and the number.',
    "es": "Piensa paso a paso, un cálculo por línea. Termina con una línea «La respuesta es» y el número.",
    "fr": "Réfléchis étape par étape, un calcul par ligne. Termine par une ligne « La réponse est » et le nombre.",
    "ja": "一行に一つの計算を書き、段階を追って考えてください。最後の行に「答えは」と数字を書いてください。",
    "ru": "Рассуждай шаг за шагом, по одному вычислению в строке. Закончи строкой «Ответ:» и числом.",
    "sw": "Fikiri hatua kwa hatua, hesabu moja kwa kila mstari. Malizia kwa mstari “Jibu ni” na nambari.",
    "te": "దశలవారీగా ఆలోచించండి, ఒక్కో వరుసలో ఒక్కో లెక్క. చివరి వరుసలో “సమాధానం:” అని, సంఖ్యను రాయండి.",
    "th": "คิดทีละขั้นตอน หนึ่งการคำนวณต่อบรรทัด จบด้วยบรรทัด “คำตอบคือ” และตัวเลข",
    "zh": "请一步一步思考，每行写一个算式。最后一行写“答案是”和最后的数字。",
}
PROMPTS = {
    "native": "{question}\n\n{steps}",
    "english": "{question}\n\n" + STEPS["en"],
    "boxed": "{question}\n\nPlease reason step by step, and put your final answer within \\boxed{{}}.",
}


def mgsm(source: Source, prompt: str, config: str) -> Iterator[Case]:
    hub = Hub("juletxara/mgsm", config, revision=REVISION, file=f"mgsm_{config}.tsv", columns=("question", "answer_number"))
    for row in source.rows(hub):
        yield Case(f"mgsm-{config}-{row.id}", row.prompt(prompt, steps=STEPS[config]), row.number("answer_number"))


@cases(mgsm, prompts=PROMPTS, extract=last_number, configs=tuple(STEPS), card=CARD)
def test_mgsm(case: Case, answer: str | None) -> None:
    assert answer == case.answer
