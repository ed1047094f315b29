"""Each kind of wording by which a reply names an option, or only seems to."""

from collections.abc import Sequence

import pytest

from itemwise.extractors import stated_choice

Options = Sequence[str] | int

NUMBERS = ("7", "8", "9", "10")
THINGS = ("a spoon", "a kite", "a frog", "a shrub")
DAYS = ("Monday", "Thursday", "Saturday", "Wednesday")
LENGTHS = ("40 m", "20 m")
POINTS = ("Point A", "Point B", "Point C")
WARMER = ("B is warmer", "A is warmer", "equal")
ROOTS = ("\\frac{7}{3}", "\\frac{2√{11}}{3}", "\\frac{√{11}}{3}")
YES_NO = ("Yes", "No")

LETTERS: list[tuple[str, Options, str]] = [
    ("Answer: c) 18", 4, "C"),
    ("Option d is right.", 4, "D"),
    ("(d)", 4, "D"),
    ("c.", 4, "C"),
    ("The correct answer is option b.", 4, "B"),
    ("The answer is \\textbf{(b)}.", 4, "B"),
    ("\\fbox{C}", 4, "C"),
    ("\\boxed{\\text{D}}", 4, "D"),
    ("\\boxed{(C)}", 4, "C"),
    ("\\boxed{C. 18}", 4, "C"),
    ("$\\mathbf{D}$", 4, "D"),
    ("<answer>D</answer>", 4, "D"),
    ("<|begin_of_box|>C<|end_of_box|>", 4, "C"),
    ("[C]", 4, "C"),
    ("C:", 4, "C"),
    ("D: a shrub", THINGS, "D"),
    ('"C"', 4, "C"),
    ("'D'", 4, "D"),
    ("Ⓒ", 4, "C"),
    ("🅳", 4, "D"),
    ("🄱", 4, "B"),
    ("Answer: B(1) 0.31", 4, "B"),
    ("答えはDです。", 4, "D"),
    ("正解はBです", 4, "B"),
    ("정답은 B입니다.", 4, "B"),
    ("정답: D", 4, "D"),
    ("La respuesta correcta es la C.", 4, "C"),
    ("Die richtige Antwort lautet D.", 4, "D"),
    ("Ответ: C", 4, "C"),
    ("La bonne réponse est la B.", 4, "B"),
    ("A resposta correta é a D.", 4, "D"),
    ("La risposta è C.", 4, "C"),
    ("本题选D。", 4, "D"),
    ("因此选择了B。", 4, "B"),
    ("只有C正确。", 4, "C"),
    ("The third option is correct.", 4, "C"),
    ("The correct answer is the second choice.", 4, "B"),
    ("The answer is option 4.", 4, "D"),
    ("The answer is option 2.", NUMBERS, "B"),
    ("答案是第三个选项", 4, "C"),
    ("Picture C", ("A", "B", "C"), "C"),
    ("b (a murmur over the left side suggests it.)", 5, "B"),
    ("d<|END_OF_TURN|>", 5, "D"),
    ("c\n\n解説:\nこの薬は血流を保つために用いられる。", 5, "C"),
    ("C[/text]", 4, "C"),
    ("H. Can't be told without more facts.", ("True", "False", "So", "No", "Yes", "Both", "One", "Can't be told without more facts."), "H"),
    ("Answer: (C) -$1,000", ("$1,000", "$0", "-$1,000"), "C"),
    ("The gauge is full.\n\nOption B) No", YES_NO, "B"),
    ("It is ripe.\n\nAction: (B) a kite", THINGS, "B"),
]

NAMED_IN_A_SENTENCE: list[tuple[str, Options, str]] = [
    ("The answer isn't D; it's B.", 4, "B"),
    ("The answer is C rather than D.", 4, "C"),
    ("The answer is C instead of B.", 4, "C"),
    ("Answer: D\n\nActually, B is what many would say.", 4, "D"),
    ("The answer is D. Wait, no, it's A.", 4, "A"),
    ("C or D? I'd go with D.", 4, "D"),
    ("Options A, C, and D are incorrect, so B.", 4, "B"),
    ("So it is D, unlike B and C.", 4, "D"),
    ("(A) fails, (C) fails, (D) fails.\nClearly, (B) is the only reading that is left.", 4, "B"),
    ("A, C and D are all wrong. Only B fits.", 4, "B"),
    ("A doesn't fit. C doesn't fit. D doesn't fit. That leaves B.", 4, "B"),
    ("The graph is steep up to 7. The answer (C) 7,9, is the range of the steep part.", 4, "C"),
    ("So option A is also of some use.\n\nThe fact that helps most is option D) How often the buses run.", 4, "D"),
    ("None of the options is 71. However, the closest answer would be 70, which corresponds to option D.", 4, "D"),
    ('The matching point in the second picture would be "C", as its leaf is bent.', POINTS, "C"),
    ("It is not listed. The closest, however, would be:\n\nC. 310\n\nThere may be a slip in the options.", 4, "C"),
    ("The view from the gate is:\n\n(D) a shrub\n\nThe gate is low.", THINGS, "D"),
    ("The answer is (A) is incorrect. The answer is (C) is correct. The answer is (D) is incorrect.", 4, "C"),
    ("Result (of the given options): B. 20 m", LENGTHS, "B"),
    ("The best choice is B because of", 4, "B"),
    ("The likely one is **C. a frog** \n\nNote that we cannot say that with certainty.", THINGS, "C"),
    ("The likeliest answer is:\n\nC. 9 or B. 8\n\nOn the whole, I would choose B. 8 as it is even.", NUMBERS, "B"),
    ("The pair that breaks the rule is A) (77, 10).", 4, "A"),
    ("选项A不符合题意，排除。最终选项D“②④”符合题意，是正确答案。", 4, "D"),
    ("B、C都正确，选C最为准确。", 4, "C"),
]

TEXTS: list[tuple[str, Options, str]] = [
    ("7 + 1 = 8", NUMBERS, "B"),
    ("7", NUMBERS, "A"),
    ("9.", NUMBERS, "C"),
    ("8 apples", NUMBERS, "B"),
    ("It is 40 m.", LENGTHS, "A"),
    ("Saturday", DAYS, "C"),
    ("So it is Saturday.", DAYS, "C"),
    ("It is not Monday but Thursday.", DAYS, "B"),
    ("The photo shows a red kite.", ("a kite", "a red kite"), "B"),
    ("red kite", ("kite", "red kite"), "B"),
    ("kite", ("kite", "red kite"), "A"),
    ("Yes, because it sinks.", YES_NO, "A"),
    ("No, it does not.", YES_NO, "B"),
    ("The claim is false.", ("True", "False"), "B"),
    ("All of the above.", ("an oak", "a fir", "All of the above"), "C"),
    ("B is warmer", WARMER, "A"),
    ("A is warmer", WARMER, "B"),
    ("The answer is A is warmer.", WARMER, "B"),
    ("The answer is point B.", POINTS, "B"),
    ("2√11/3", ROOTS, "B"),
    ("The length of CD is 2√11 / 3.", ROOTS, "B"),
    ("$\\dfrac{2\\sqrt{11}}{3}$", ROOTS, "B"),
    ("\\tfrac13", ("1/2", "1/3"), "B"),
    ("¼", ("1/2", "1/4"), "B"),
    ("8 - 2 pi", ("$8-\\pi$", "$8-2\\pi$"), "B"),
    ("So the area is 6\\pi.", ("$3\\pi$", "$6\\pi$"), "B"),
    ("2,500", ("250", "2500"), "B"),
    ("35%", ("30\\%", "35\\%"), "B"),
    ("10^{-7}", ("10^-6", "10^-7"), "B"),
    ("\\sqrt{19^2-4}", ("$\\sqrt{19^{2}-4}$", "$\\sqrt{19}$"), "A"),
    ("It is 5:00 PM.", ("5:00 p.m.", "6:00 p.m."), "A"),
    ("Based on the chart, the most likely load is 9.\n\nThe chart has its peak at 9, so this is the most likely one.", NUMBERS, "C"),
    ('most likely "quiet evenings." People may like to read then.', ("loud music", "quiet evenings", "long walks"), "B"),
    ("The tree is pot-bound.", ("Too dry", "Pot bound"), "B"),
    ("The setting is reminiscent of Vermeer's style.", ("Rubens", "Vermeer"), "B"),
    ("(B) a kite. It rises in the wind, as it is light, and it is held by a string. Children fly it on a hill.", THINGS, "B"),
    ("E. (C)", ("(D)", "(E)", "(A)", "(B)", "(C)"), "E"),
    ("The value is $8,000.", ("$6,000", "$8,000"), "B"),
    ("The spoon sinks, so it is a kite.", THINGS, "B"),
    ("写真は見られません｡ただし､最も可能性が高いのはb: 頭痛です｡", ("発熱", "頭痛", "咳嗽"), "B"),
    ("The largest number of visits was on 05/06/2011.", ("05/03/2011", "05/06/2011"), "B"),
    ("The figures were made in 1940, as the frame tells.", ("1910", "1940"), "B"),
    ("The answer is a kite, not a frog.", THINGS, "B"),
    ("The four things are rough.\n\n**a frog**", THINGS, "C"),
]

NO_LETTER: list[tuple[str, Options]] = [
    ("Both of these are right.", 4),
    ("All options look right.", 4),
    ("After a check, none is right.", 4),
    ("Each of them is correct.", 5),
    ("Do what is right.", 4),
    ("Clearly, the best one is missing.", 4),
    ("Because it is the most likely one.", 4),
    ("A square is the best shape here.", 4),
    ("Vitamin D is correct for this.", 4),
    ("Figure B is correct.", 4),
    ("Point C", 4),
    ("Type I is correct.", 9),
    ("Grade A is the best grade.", 4),
    ("We go with plan C.", 4),
    ("It is 30 °C.", 4),
    ("The current is 7 A.", 4),
    ("So y is 3 and B = 7.", 4),
    ("It was drawn by Mary A. Jones.", 4),
    ("BCD is a right triangle.", 5),
    ("B vitamins help.", 4),
    ("So C walks 9 km.", 4),
    ("Therefore B takes 15 days.", 4),
    ("Thus P(A) is 0.2 and P(B) is best.", 4),
    ("Hepatitis B is the most likely one.", 4),
    ("So the ball moves from A to B.", 4),
    ("As an AI, I cannot see pictures.", 4),
    ("C is incorrect because it is too short.", 4),
    ("I would not choose C.", 4),
    ("Don't pick D.", 4),
    ("Most people would choose B.", 4),
    ("If the correct option is B, then y is 3.", 4),
    ("The second best option is D.", 4),
    ("It can't be C.", 4),
    ("We can eliminate A, C and D.", 4),
    ("B and D", 4),
    ("Either (B) or (D).", 4),
    ("\\boxed{(B) \\text{ or } (D)}", 4),
    ("\\boxed{\\text{B and D}}", 4),
    ("B, c, d", 4),
    ("The answer is (D) and (B).", 4),
    ("So the answer is A) 7 B) 8 C) 9", 4),
    ("A) 7 B) 8 C) 9 D) 10", 4),
    ("The options are:\n\nA. 7\nB. 8\nC. 9\nD. 10\n\nI will look", 4),
    ("A) No. B) No. C) Yes. D) No.", 4),
    ("【答案】C、D都错误。", 4),
    ("Therefore, the area of the field $A B C D$ is 108.", 4),
    ("The answer is option 8.", NUMBERS),
    ("The best answer is: Neither (A) nor (B).", 2),
    ("I am stuck. Maybe the answer is C because it cools the", 4),
    ("Is the cap on? The correct answer is D? Let me think. We know that the", 4),
    ("The answer is a combination of options (B) and (D): a bolt and a nut.", 4),
    ("The next step is (B) a scan of the knee and (D) a puncture.", 4),
    ("The answer is (D) lower rates, (C) fewer taxes, and (B) higher pay.", 4),
    ("$\\boxed{\\text{(A) } XY, \\text{(C) } XZ}$", 4),
    ("Let $D$ be the weight of Dora. Since $R=2 D$, we have $D=7$.", 5),
    ("So v = 4 t + C. The first speed is zero, so it is fine.", 4),
    ("So the charge is $3 \\times 10^5 \\text{ C}$.", 4),
    ("So the path goes through $C$ and ends.", 4),
    ("Thus $Q = \\frac{h}{\\bar{B}}$ holds.", 4),
    ("选项D，锌与酸反应，所以可以制氢。\n【答案】无正确答案", 4),
    ("D选项：这是正确的。\n【答案】题目有误", 4),
    ("(a) We use the mass first. (b) Then we use the rate.\n(c) We can then find", 4),
    ("b. C\nd. B\nf. H", 8),
    ("The area is the sum of the areas $A B$ and is so 12.", 4),
]

NO_TEXT: list[tuple[str, Options]] = [
    ("70 + 1 = 71", ("70", "8", "9", "10")),
    ("8.5", NUMBERS),
    ("18", NUMBERS),
    ("7 or 8", NUMBERS),
    ("7, 8", NUMBERS),
    ("between 7 and 8", NUMBERS),
    ("-7", NUMBERS),
    ("7x", NUMBERS),
    ("7^2", NUMBERS),
    ("7/8", NUMBERS),
    ("40 m - x", LENGTHS),
    ("140 m", LENGTHS),
    ("The answer is 7.5", NUMBERS),
    (
        "side^2 = 85^2 - 36^2\nside^2 = 5929\nside is about 77 feet\n\nThe area of the field is about 2,772.4 square feet.",
        ("410.5", "1386", "5929", "2960"),
    ),
    ("We are told that today is Monday. First we work out 5^5.\n\n5^(5^5) = 5^(5 * 5^(4", DAYS),
    ("The yard is 30 by (40 m - x). So x is 13.\n\nTherefore, the wall is \\boxed{13 m}.", LENGTHS),
    (
        "So it is 4 mm. 1.6 m = 1600 mm = 1.6 m = 1600 mm = 1.6 m = 1600 mm = 1.6 m = 1600 mm = 1.6 m = 1600 mm = 1.6 m = 1600 mm = 1",
        ("4 mm", "8 mm", "12 mm"),
    ),
    ("The ratio is \\boxed{\\frac{a+b}{2}}", ("$2(a+b)$", "$a+b$")),
    ("= 6*pi", ("$6+\\pi$", "$12+\\pi$")),
    ("I'm sorry. I can't read the notes.", ("IV", "VII", "I")),
    ("Thursday or Monday", DAYS),
    ("Not Monday.", DAYS),
    ("Yes and no.", YES_NO),
    ("The options are a spoon, a kite, a frog and a shrub.", THINGS),
    ("Is it a frog?", THINGS),
    ("It can't be a frog.", THINGS),
    ("It could be a frog or a shrub.", THINGS),
    ("I see a froghopper.", THINGS),
    ("The answer is paper.", THINGS),
    ("Therefore it is a frog because the", THINGS),
    ("So it is 112.", ("12", "13")),
    ("F. 7/8 -> 6 * 8 = 7 * 9\nG. 3/8 -> 3 * 8 = 3 * ", ("5 over 8", "7 over 8", "3 over 8")),
    ("None of the above.", 3),
    ("- **a: 頭痛**: この症例では頭痛が考えられるが、この患者の年齢からみて、どうやら次の", ("頭痛", "発熱", "咳嗽")),
    ("The sum is $2 \\cdot 10^{3} = 7.8 \\cdot 10^{4}", ("7.8 × 10^4 m", "6.8 × 10^4 m")),
    ("The side is \\boxed{5\\tan(x)}.", ("4 cm", "5 cm")),
]


@pytest.mark.parametrize(("reply", "options", "letter"), [*LETTERS, *NAMED_IN_A_SENTENCE])
def test_a_letter_that_a_person_reads(reply: str, options: Options, letter: str) -> None:
    assert stated_choice(reply, options) == letter


@pytest.mark.parametrize(("reply", "options", "letter"), TEXTS)
def test_an_option_text_that_is_stated(reply: str, options: Options, letter: str) -> None:
    assert stated_choice(reply, options) == letter


@pytest.mark.parametrize(("reply", "options"), NO_LETTER)
def test_a_letter_that_is_no_choice(reply: str, options: Options) -> None:
    assert stated_choice(reply, options) is None


@pytest.mark.parametrize(("reply", "options"), NO_TEXT)
def test_an_option_text_that_only_passes_by(reply: str, options: Options) -> None:
    assert stated_choice(reply, options) is None
