"""Choices: accuracy beside chance and the best constant letter, and what the controls showed."""

from collections.abc import Iterator

from itemwise.analysis.choice_results import ChoiceResult, ControlResult
from itemwise.language import joined, phrase
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
    controls = joined((_moved(control) for control in result.controls), "; ")
    constant = phrase('always "{letter}" {share:.1%}', letter=result.letter, share=result.constant)
    return (share, f"{result.chance:.1%}", constant, f"{result.p:.3g}", controls or phrase("not run"))


def _moved(control: ControlResult) -> str:
    return phrase("{name} {change} (p {p:.3g})", name=control.control, change=points_text(control.pair.change), p=control.pair.p)


def _fewer(result: ChoiceResult) -> str:
    return phrase(
        "{name}: {n} of {all} {all:case|cases} {n:has|have} options or {n:asks|ask} for yes or no; the accuracy beside chance is theirs.",
        name=", ".join(result.tally.key.names),
        n=result.fewer,
        all=result.tally.judged,
    )


def _sentence(result: ChoiceResult, control: ControlResult) -> str:
    share, _ = accuracy_text(result.tally.accuracy)
    under, _ = accuracy_text(control.tally.accuracy)
    counts = {"gained": len(control.pair.gained), "lost": len(control.pair.lost), "n": len(control.pair.judged), "p": control.pair.p}
    told = [phrase("{gained} gained and {lost} lost of {n}, p = {p:.3g}", **counts)]
    if control.same_letter is not None and control.same_option is not None:
        kept = {"letter": control.same_letter, "option": control.same_option}
        told.append(phrase("{letter:.0%} kept the letter, {option:.0%} the option", **kept))
    if control.chance is not None:
        told.append(phrase("a blind guess {share:.1%}", share=control.chance))
        told.append(
            phrase(
                "{prompts} {prompts:prompt|prompts} for {n} {n:case|cases}",
                prompts=sum(control.tally.counts.values()),
                n=len(control.tally.items),
            )
        )
    return phrase(
        "{name}, {control}: {share} to {under} ({flips}): {finding}",
        name=", ".join(result.tally.key.names),
        control=control.control,
        share=share,
        under=under,
        flips=joined(told, "; "),
        finding=control.finding,
    )


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
