"""The templates of word problems: each tells everything its steps need, and asks for one whole number."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import replace
from string import Formatter

import pytest

from itemwise.synthetic.held_out import HELD_OUT
from itemwise.synthetic.seen import SEEN
from itemwise.synthetic.template import Problem, Template
from itemwise.synthetic.words import DISTRACTORS

TEMPLATES = SEEN + HELD_OUT
STORY = {"name", "other", "he", "his", "him", "He", "His"}  # what a text may name besides what is drawn
PARTS = {2: "half", 3: "third", 4: "quarter", 5: "fifth", 6: "sixth", 8: "eighth", 10: "tenth"}
TIMES = {2: "twice", 3: "three times", 4: "four times", 5: "five times", 6: "six times"}
SPELLED = re.compile(r"\d+|\b(?:half|(?:an? )(?:third|quarter|fifth|sixth|eighth|tenth)|twice|(?:three|four|five|six) times)\b")
SEEDS = range(10)

every_template = pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def results(template: Template) -> list[str]:
    return [f"s{number}" for number, _ in enumerate(template.steps, start=1)]


def problems(template: Template) -> list[Problem]:
    return [template.problem(random.Random(f"{template.name}/{seed}")) for seed in SEEDS]


def drawn(template: Template, problem: Problem) -> set[int]:
    """The numbers that were drawn for a problem, read back from its worked steps."""
    found: set[int] = set()
    for step, (expression, _) in zip(template.steps, problem.steps, strict=True):
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[\\d.]+)", re.escape(step))
        match = re.fullmatch(pattern, expression)
        assert match, f"{expression} is not worked after {step}"
        found |= {int(value) for name, value in match.groupdict().items() if name not in results(template)}
    return found


def renumberings(template: Template, problem: Problem, size: int = 10) -> list[Problem]:
    rng = random.Random(f"{template.name}/{problem.answer}")
    return [template.renumbered(problem, rng) for _ in range(size)]


def told(number: int, question: str) -> bool:
    digits = re.search(rf"(?<![\d.])0?{number}(?!\d)", question)
    words = [table[number] for table in (PARTS, TIMES) if number in table]
    return bool(digits) or any(re.search(rf"\b{word}\b", question) for word in words)


def test_there_are_at_least_sixty() -> None:
    assert len(TEMPLATES) >= 60


def test_names_are_their_own_so_the_halves_share_no_template() -> None:
    assert [name for name, count in Counter(template.name for template in TEMPLATES).items() if count > 1] == []


def test_the_halves_share_no_wording() -> None:
    assert not {text for template in SEEN for text in template.texts} & {text for template in HELD_OUT for text in template.texts}


@pytest.mark.parametrize("half", [SEEN, HELD_OUT], ids=["seen", "held-out"])
def test_one_to_six_steps_occur(half: tuple[Template, ...]) -> None:
    assert {len(template.steps) for template in half} == {1, 2, 3, 4, 5, 6}


@every_template
def test_every_wording_names_every_number_the_steps_need(template: Template) -> None:
    needed = {name for step in template.steps for name in fields(step)} - set(results(template))
    assert [needed - fields(text) for text in template.texts] == [set() for _ in template.texts]


@every_template
def test_every_wording_names_only_what_is_drawn_or_belongs_to_a_story(template: Template) -> None:
    assert {name for text in template.texts for name in fields(text)} <= set(template.draw) | STORY


@every_template
def test_every_step_but_the_last_is_used_by_a_later_one(template: Template) -> None:
    for number, result in enumerate(results(template)[:-1], start=1):
        assert any(result in fields(step) for step in template.steps[number:]), f"{result} leads nowhere"


@every_template
def test_no_step_uses_a_result_before_it_is_known(template: Template) -> None:
    for number, step in enumerate(template.steps):
        assert not fields(step) & set(results(template)[number:])


@every_template
def test_every_drawn_number_stands_in_the_question(template: Template) -> None:
    for problem in problems(template):
        missing = {number for number in drawn(template, problem) if not told(number, problem.question)}
        assert missing == set(), problem.question


@every_template
def test_a_stray_fact_changes_neither_steps_nor_answer_nor_the_rest_of_the_question(template: Template) -> None:
    strays = [re.escape(text).replace(r"\{name\}", r"\w+").replace(r"\{stray\}", r"\d+") for text in DISTRACTORS]
    for problem, plain in zip(problems(template), problems(replace(template, distractible=False)), strict=True):
        assert (plain.steps, plain.answer) == (problem.steps, problem.answer)
        assert plain.question == re.sub(rf"(?:{'|'.join(strays)}) ", "", problem.question)


def test_stray_facts_occur_in_both_halves() -> None:
    for half in (SEEN, HELD_OUT):
        plain = [problem for template in half for problem in problems(replace(template, distractible=False))]
        asked = [problem for template in half for problem in problems(template)]
        strays = sum(one.question != other.question for one, other in zip(asked, plain, strict=True))
        assert 0.03 < strays / len(asked) < 0.3


@every_template
def test_every_wording_ends_in_a_question_and_leaves_no_brace(template: Template) -> None:
    for problem in problems(template):
        assert problem.question.endswith("?")
        assert not re.search(r"[{}]|  ", problem.question), problem.question


def test_draws_that_can_never_work_are_said_instead_of_tried_forever() -> None:
    impossible = Template("odd-half", {"a": (3, 5)}, ("{a}/2",), ("Half of {a}?",))
    with pytest.raises(ValueError, match="template 'odd-half': no draw of 10000 gave positive whole results; widen its ranges"):
        impossible.problem(random.Random(0))


@every_template
def test_a_renumbered_problem_has_the_same_words_but_for_its_numbers(template: Template) -> None:
    for problem in problems(template):
        words = SPELLED.sub("#", problem.question)
        assert [SPELLED.sub("#", variant.question) for variant in renumberings(template, problem)] == [words] * 10


@every_template
def test_a_renumbered_problem_has_another_answer_after_the_same_steps(template: Template) -> None:
    for problem in problems(template):
        for variant in renumberings(template, problem):
            assert variant.answer == int(variant.steps[-1][1]) != problem.answer
            assert {number for number in drawn(template, variant) if not told(number, variant.question)} == set(), variant.question


@every_template
def test_renumbering_draws_every_number_anew_and_no_word(template: Template) -> None:
    problem, *_ = problems(template)
    variants = renumberings(template, problem, 60)
    for name, value in problem.fields.items():
        assert (len({variant.fields[name] for variant in variants}) > 1) == isinstance(value, int), name


def test_renumbering_leaves_a_stray_fact_as_it_is() -> None:
    template = next(template for template in SEEN if template.name == "collect-more")
    told = (template.problem(random.Random(seed)) for seed in range(100))
    problem = next(problem for problem in told if problem.story.stray)
    assert problem.story.stray is not None
    assert all(problem.story.stray in variant.question for variant in renumberings(template, problem))


def test_a_renumbered_problem_can_be_renumbered_again() -> None:
    template, *_ = SEEN
    problem = template.problem(random.Random(0))
    again = template.renumbered(template.renumbered(problem, random.Random(1)), random.Random(2))
    assert again.story == problem.story


def test_a_problem_without_another_answer_is_said_instead_of_tried_forever() -> None:
    single = Template("dozen", {"a": (12,), "item": ("eggs", "figs")}, ("{a}*2",), ("What are 2 times {a} {item}?",))
    with pytest.raises(ValueError, match="template 'dozen': no draw of 10000 gave another answer than 24; widen its ranges"):
        single.renumbered(single.problem(random.Random(0)), random.Random(0))
