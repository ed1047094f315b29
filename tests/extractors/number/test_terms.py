"""What is one number and what is none, whichever words announce it: a line an input, each read in every carrier."""

import pytest

from itemwise.extractors import last_number

CARRIERS = ["\\boxed{%s}", "The answer is $%s$.", "The final answer is %s", "#### %s", "**Answer:** %s", "答案是 %s", "So it is %s."]

NO_NUMBER = [
    # roots, constants, functions
    *("\\sqrt{7}", "3+\\sqrt{6}", "6\\sqrt{11}", "\\frac{\\sqrt{5}}{3}", "5√7", "√10 + 2", "sqrt(8^2 + 15^2) / 3", "\\sqrt[3]{20}"),
    *("7\\pi", "12π", "\\frac{3\\pi}{4}", "5 pi", "2\\pi - 3", "\\log_2 9", "3\\ln 4", "ln(5)", "\\sin 40^\\circ", "2cos(30)", "2\\cos 3"),
    *("the square root of 11", "\\binom{6}{2}", "8 \\pm 3", "±4", "∞", "-\\infty", "0.\\overline{4}", "2.666..."),
    # unknowns, the imaginary unit, e
    *("n-5", "x + 4", "4n", "2k", "7ab", "3xy - 1", "3r^2", "8i", "3 + 4i", "5 - 2i", "3e", "4(x+2)", "7(x-2)(x+9)", "(a+3)(b-4)"),
    *("-3*sin(4*x + 2)**2/5 + C", "2^n", "x^2 - 9", "\\frac{5+2a}{7}", "6x^2", "x_3", "5x"),
    # several values
    *("7, -4, 2", "7,-4", "3, 8, 12", "(5, 9)", "(14,250)", "[2, 9)", "(-\\infty, 4]", "\\{100,200\\}", "\\{2, 7\\}", "(1,2,-3)"),
    "4 and 9",
    *("\\left( 2, \\frac{\\pi}{3} \\right)", "\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}", "4 or -4", "6 red pens and 9 blue pens"),
    *("70 km/h and 65 km/h, respectively", "11 m/s and 14 m/s", "5 feet 7 inches", "3 remainder 2", "4, 5"),
    # sizes, factorials, powers of unknowns, other bases
    *("7 m x 3 m", "7 \\text{ m} \\times 3 \\text{ m}", "12 × 18", "5 cm by 8 cm", "3 * 4", "20 - 6"),
    *("101_2", "4432_{5}", "3f", "7c52", "1a2b"),
    # times, lengths of time, dates, ratios, ranges
    *("3:00", "7:45 a.m.", "4:00 P.M.", "5 pm", "9 o'clock", "2h45", "3 h 20 min", "2 hours 15 minutes", "14 days, 02:30", "3:2", "16:9"),
    *("2031-04-05", "14/06/2031", "3-5", "8 to 10", "6–9", "between 3 and 7", "v2.10.3", "30°15'"),
    # comparisons, parts of something, equations
    *("x > 7", "x \\geq 3", "x \\in [1,4]", "> 12", "≤ 5", "20% of 45", "half of 36"),
    *("(x-1)^2+(y+4)^2=36", "3x - 2y + z = 8", "y = 3x - 1"),
    *("2^{10}", "7^2", "3²", "\\infty"),
    *("1 in 8", "7B", "5 mil", "12 * 2^{20}", "pens = 4, hats = 9", "\\text{Number of pens} = 4, \\text{Number of hats} = 9"),
    *("30 \\text{ liters of the first kind and } 20 \\text{ liters of the second kind}", "4 tables and 6 chairs", "3 dogs, 2 cats"),
    *("AB12", "#FF04C2", "x_1 = 5, x_2 = 7", "110_{\\text{two}}", "1101 (base 2)", "231 in base 5", "101 in binary"),
    *("at least 4 and at most 9", "Jan 5", "June 14", "14 June", "5th of October", "\\lfloor 4.5 \\rfloor", "\\lim_{n} 3", "∛9"),
    *("0.\\dot{6}", "9 R 4"),
    *("0xda20", "7c52da", "\\frac14bh", "7h + 2", "1 + the rest", "18 + tax", "\\frac{\\hbar}{2}", "3\\varepsilon"),
    *("3 fourths", "7 tenths", "half a dozen", "half a million", "1.250 €", "3又二分之一", "theta^2", "chi_{2}^2", "r theta^3 + 1"),
    *("8/0", "7" * 150, "1" + "0" * 60, "0." + "3" * 60),
]  # fmt: skip

VALUES = [
    ("41,\\!700", "41700"),
    ("41{,}700", "41700"),
    ("41\\,700", "41700"),
    ("41\\ 700", "41700"),
    ("41~700", "41700"),
    ("3,\\!250,\\!000", "3250000"),
    ("3.250.000", "3250000"),
    ("\\$41,\\!700", "41700"),
    ("$2.5M", "2500000"),
    ("£3bn", "3000000000"),
    ("€40k", "40000"),
    ("6.5k", "6500"),
    ("12K", "12000"),
    ("3 million", "3000000"),
    ("1.2B", "1200000000"),
    ("2 and a half", "2.5"),
    ("3 and a quarter hours", "3.25"),
    ("two and a half", "2.5"),
    ("half", "0.5"),
    ("half an hour", "0.5"),
    ("a quarter", "0.25"),
    ("three quarters", "0.75"),
    ("3⁄4", "0.75"),
    ("⅝", "0.625"),
    ("1⅖", "1.4"),
    ("\\frac{2.5}{4}", "0.625"),
    ("\\tfrac38", "0.375"),
    ("2\\frac{3}{4}", "2.75"),
    ("-$35", "-35"),
    ("$-35", "-35"),
    ("−$35", "-35"),
    ("-€3.50", "-3.5"),
    ("minus 4 degrees", "-4"),
    ("negative 6", "-6"),
    ("minus twelve", "-12"),
    ("负5", "-5"),
    ("零下7度", "-7"),
    ("*45*", "45"),
    ("_45_", "45"),
    ("*45* apples", "45"),
    ("~~44~~ 45", "45"),
    ("\\cancel{44} 45", "45"),
    ("<b>45</b>", "45"),
    ("<<$45>>", "45"),
    ("<<9*5=45>>45", "45"),
    ("€14,50", "14.5"),
    ("14,50 €", "14.5"),
    ("R$ 2.300,00", "2300"),
    ("2.300,75 EUR", "2300.75"),
    ("8,25 %", "8.25"),
    ("3,5 km", "3.5"),
    ("₹2,50,000", "250000"),
    ("CHF 1'250.50", "1250.5"),
    ("kr 45", "45"),
    ("Rs. 620", "620"),
    ("٤٥", "45"),
    ("۴۵", "45"),
    ("৪৫", "45"),
    ("४५", "45"),
    ("๔๕", "45"),
    ("４５", "45"),
    ("٤٥٫٥", "45.5"),
    ("壹佰贰拾叁", "123"),
    ("廿五", "25"),
    ("3万5千", "35000"),
    ("1億2千万", "120000000"),
    ("2千", "2000"),
    ("5千米", "5"),
    ("三千克", "3"),
    ("45個", "45"),
    ("45개", "45"),
    ("10³", "1000"),
    ("10^6", "1000000"),
    ("10^{-2}", "0.01"),
    ("45 cm²", "45"),
    ("45\\text{ cm}^2", "45"),
    ("45 m/s^2", "45"),
    ("9.8 m/s²", "9.8"),
    ("3.5 x 10^4 V", "35000"),
    ("3.5 \\times 10^{4} \\text{ J}", "35000"),
    ("3.5*10^4", "35000"),
    ("3.5e4", "35000"),
    ("3.5×10⁴", "35000"),
    ("45 N", "45"),
    ("45 m", "45"),
    ("45 V", "45"),
    ("45^\\circ", "45"),
    ("45^{\\circ}C", "45"),
    ("45 °C", "45"),
    ("45\\%", "45"),
    ("45\\mathrm{~kg}", "45"),
    ("\\text{45 apples}", "45"),
    ("x=45", "45"),
    ("x = -45", "-45"),
    ("\\approx 4.5", "4.5"),
    ("45 apples", "45"),
    ("+45", "45"),
    ("(45)", "45"),
]  # fmt: skip


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("form", NO_NUMBER)
def test_what_is_no_plain_number_is_not_read_as_one(form: str, carrier: str) -> None:
    assert last_number(carrier % form) is None


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize(("form", "value"), VALUES)
def test_a_number_is_read_as_a_person_reads_it(form: str, value: str, carrier: str) -> None:
    assert last_number(carrier % form) == value


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("The answer is 9!", "9"),
        ("\\boxed{9!}", None),
        ("\\boxed{\\frac{9!}{4!}}", None),
        ("The answer is $9!$.", None),
        ("They raised $7.5m.", "7500000"),
        ("So the volume is 45 ft3.", "45"),
        ("The answer is $45\\Omega$.", "45"),
        ("\\boxed{5(3 \\cdot 3)\\\\= 45}", "45"),
        ("$7.5m$", None),
        ("The answer is 45m.", "45"),
        ("\\boxed{45m}", None),
        ("\\boxed{45cm}", "45"),
        ("So the area is 45m^2.", "45"),
        ("A 500-piece puzzle costs $45.", "45"),
        ("We look for 5-digit numbers.", None),
        ("The balance is -$35.", "-35"),
        ("La respuesta es 1.250 euros.", None),
        ("La respuesta es 12,5 euros.", "12.5"),
        ("The answer is 12 dollars and 50 cents.", "12.5"),
        ("She pays 12 dollars, 50 cents.", None),
        ("There is a peak at 45 cm^-1.", "45"),
        ("The answer is 45 cm-1", "45"),
        ("It takes 45 square cm^2.", "45"),
        ("COVID-19 cases rose to 45.", "45"),
        ("答案是百分之三十", "30"),
        ("答案是3又1/2", "3.5"),
        ("x_1 = 45", "45"),
        ("So CO2 rises by 45.", "45"),
        ("The total is45.", "45"),
        ("The answer is -\\$2,350.", "-2350"),
        ("Since he charges $.25 per branch, he must have climbed 45 branches.", "45"),
        ("He makes a profit of #### $45 selling 10 jars.", "45"),
        ("\\boxed{\\text{(b) -45}}", "-45"),
        ("Answer: c) 45", "45"),
        ("Answer: 1) 45", None),
        ("Therefore the temperature is minus 4 degrees.", "-4"),
        ("So the change is -4.", "-4"),
        ("- 45 apples", "45"),
        ("Total:\n- 45", "45"),
        ("> 45", "45"),
        ("45", "45"),
        ("-45", "-45"),
        ("The total cost - $45", "45"),
        ("She flew on flight KL-204, which took 3 hours.", "3"),
        ("A 5-star hotel costs $45.", "45"),
        ("So the side is 9 m.", "9"),
        ("So x + y = 45.", "45"),
        ("The length is 5 m * 9 m = 45 m².", "45"),
        ("So the speed is 45 km/h.", "45"),
        ("So there are 5 apples/box * 9 boxes = 45 apples.", "45"),
    ],
)
def test_marks_that_look_like_a_sign_or_a_magnitude_are_told_from_it(reply: str, value: str | None) -> None:
    assert last_number(reply) == value


@pytest.mark.parametrize("reply", ["The answer is 7 cm^-", "The rate is 7 s^", "7 m/", "The answer is 7 kg * m^-", "7 cm^- s"])
def test_a_unit_that_breaks_off_is_read_without_an_exception(reply: str) -> None:
    assert last_number(reply) in (None, "7")
