"""The ways in which replies announce an answer, in words, marks and languages."""

import pytest

from itemwise.extractors import last_number

NINETEEN = [
    "Final result: 19\n\nThat is 5 less than before.",
    "Result: 19",
    "The result is 19.",
    "Ans. 19",
    "Ans: 19",
    "ans = 19",
    "Final Answer\n19",
    "<answer>19</answer>",
    "<answer>\n19\n</answer>\nIt is a number between 1 and 100.",
    "FINAL ANSWER:\n<answer>\n19\n</answer>\n\nWhy:\n1. There are 4.\n2. The rest is 15.",
    "<|begin_of_box|>19<|end_of_box|>",
    "\\fbox{19}",
    "\\framebox{19} pears",
    "\\boxed 19",
    "Therefore, the answer is \\(\\boxed{19",
    "\\text{Answer: } 19",
    "$\\text{Answer: } 19$",
    "15 + 4 = 19.\n\n**19**",
    "=> 19",
    "∴ x = 19",
    "The answer is <<$19>>.",
    "The answer is <<15+4=19>>19.",
    '>> FINAL ANSWER:\n"""\nIn 5 days she eats 19 pears.\n"""',
    '>> FINAL ANSWER:\n"""\n8 pens cost 19.00 $.\n"""',
    "答案为 19",
    "故答案是 19。",
    "答：19",
    "答えは19です。",
    "答え: 19",
    "정답은 19입니다.",
    "답: 19",
    "Cada uno tiene 3. La respuesta es 19.",
    "Il en reste 3. La réponse est 19.",
    "La réponse finale est : 19",
    "Die Antwort ist 19.",
    "Die Antwort lautet: 19",
    "Ответ: 19",
    "Ответ — 19.",
    "উত্তর: 19",
    "উত্তর হল 19।",
    "คำตอบคือ 19",
    "జవాబు: 19",
    "సమాధానం 19.",
    "Jibu ni 19.",
    "A resposta é 19.",
    "La risposta è 19.",
    "Het antwoord is 19.",
    "Odpowiedź: 19",
    "Cevap: 19",
    "Đáp án: 19",
    "Jawaban: 19",
    "الجواب: 19",
    "उत्तर: 19",
    "The answer is 19.\n" + "This answer is right.\nThis answer is wrong.\n" * 120,
]


@pytest.mark.parametrize("reply", NINETEEN)
def test_an_announcement_in_other_words_is_read(reply: str) -> None:
    assert last_number(reply) == "19"
