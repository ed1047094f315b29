"""Choices: accuracy beside chance and the best constant letter, and what the controls showed."""

from collections.abc import Iterator

from itemwise.analysis.choice_results import ChoiceResult, ControlResult
from itemwise.reporting.run_facts import RunFacts
from itemwise.reporting.sections.section import Note, Row, Section, figures, key_cells, key_columns
from itemwise.reporting.table import accuracy_text, points_text

_COLUMNS = figures("accuracy", "chance", "one letter", "p against it", "controls")


def build(run: RunFacts) -> Iterator[Section]:
    """A row for each accuracy on choices, and a sentence for each control that was run."""
    results = run.choices
    yield Section(
        "choices",
        "Choices beside chance",
        (*key_columns(run.tallies), *_COLUMNS),
        [Row((*key_cells(result.tally, run.tallies), *_row(result))) for result in results],
        notes=[
            *(Note(_fewer(result)) for result in results if result.fewer),
            *(Note(_sentence(result, control)) for result in results for control in result.controls),
        ],
        record={"choices": [_record(result) for result in results]},
    )


def _record(result: ChoiceResult) -> dict[str, object]:
    return {
        **result.tally.key.record(),
        "accuracy": result.accuracy.share,
        **({"n": result.fewer} if result.fewer else {}),
        "chance": result.chance,
        "constant": {"letter": result.letter, "accuracy": result.constant, "p": result.p},
        "controls": [_control_record(control) for control in result.controls],
    }


def _row(result: ChoiceResult) -> tuple[str, ...]:
    share, _ = accuracy_text(result.accuracy)
    controls = "; ".join(f"{control.control} {points_text(control.pair.change)} (p {control.pair.p:.3g})" for control in result.controls)
    constant = f'always "{result.letter}" {result.constant:.1%}'
    return (share, f"{result.chance:.1%}", constant, f"{result.p:.3g}", controls or "not run")


def _fewer(result: ChoiceResult) -> str:
    of = f"{result.fewer} of {result.tally.judged} cases"
    return f"{', '.join(result.tally.key.names)}: {of} have options or ask for yes or no; the accuracy beside chance is theirs."


def _sentence(result: ChoiceResult, control: ControlResult) -> str:
    share, _ = accuracy_text(result.tally.accuracy)
    under, _ = accuracy_text(control.tally.accuracy)
    kept = ""
    if control.same_letter is not None and control.same_option is not None:
        kept = f"; {control.same_letter:.0%} kept the letter, {control.same_option:.0%} the option"
    if control.chance is not None:
        kept = f"; a blind guess {control.chance:.1%}; {sum(control.tally.counts.values())} prompts for {len(control.tally.items)} cases"
    flips = f"{len(control.pair.gained)} gained and {len(control.pair.lost)} lost of {len(control.pair.judged)}, p = {control.pair.p:.3g}"
    return f"{', '.join(result.tally.key.names)}, {control.control}: {share} to {under} ({flips}{kept}): {control.finding}"


def _control_record(control: ControlResult) -> dict[str, object]:
    return {
        "control": control.control,
        "accuracy": control.tally.accuracy.share,
        **control.pair.record(),
        "same_letter": control.same_letter,
        "same_option": control.same_option,
        **({} if control.chance is None else {"chance": control.chance}),
        "finding": control.finding,
    }
