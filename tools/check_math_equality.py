r"""``python -m tools.check_math_equality ROWS``: `same_expression` on a file's golds, rendered anew and changed, with the time it takes.

ROWS is MATH-500 or like it: jsonl with a column ``answer``. Each gold is compared with itself in renderings made by rule, which must be
equal, and with what other rules make of it, which must not. With ``--judge math-verify`` the same is asked of Math-Verify, which must be
installed. With ``--replies FILE`` (jsonl of ``reply``, ``gold`` and ``score``, a published verdict or null) reader and judge run on real
replies, beside Math-Verify; each case on which the verdicts part is named.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from itemwise import Undecided
from itemwise.expressions import same_expression
from itemwise.extractors import stated_expression
from itemwise.extractors.visible_parts import read_visible

Judge = Callable[[str, str], "bool | None"]
Rule = Callable[[str], "str | None"]
_PLAIN_FRACTION = re.compile(r"(-?)\\d?frac\{(\d+)\}\{(\d+)\}")
_WHOLE = re.compile(r"-?\d+")
_SETS = re.compile(r"\\\{(.*)\\\}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was equal and what was not; 1 where a rendering is not equal or a changed gold is."""
    parser = argparse.ArgumentParser(prog="python -m tools.check_math_equality", description=__doc__)
    parser.add_argument("rows", type=Path, metavar="ROWS")
    parser.add_argument("--judge", choices=("own", "math-verify"), default="own")
    parser.add_argument("--replies", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    judge = own if options.judge == "own" else math_verify()
    golds = [json.loads(line)["answer"] for line in options.rows.read_text(encoding="utf-8").splitlines()]
    seconds: list[float] = []
    faults = _report("renderings", RENDERINGS, golds, judge, seconds, wanted=True)
    faults += _report("changed golds", CHANGES, golds, judge, seconds, wanted=False)
    _tell_times(seconds)
    if options.replies:
        _compare_replies(options.replies)
    return int(faults > 0)


def own(answer: str, gold: str) -> bool | None:
    """`same_expression`, with None where it is undecided."""
    try:
        return same_expression(answer, gold)
    except Undecided:
        return None


def math_verify() -> Judge:
    """Math-Verify's parser and judge, each asked as its own documentation does for answers in LaTeX."""
    from math_verify import parse, verify

    def judge(answer: str, gold: str) -> bool | None:
        return bool(verify(parse(f"${gold}$"), parse(f"\\boxed{{{answer}}}")))

    return judge


def _report(name: str, rules: Mapping[str, Rule], golds: Sequence[str], judge: Judge, seconds: list[float], *, wanted: bool) -> int:
    """Print how often each rule's texts are judged as wanted, and all that are not; how many are judged the other way."""
    other = 0
    for rule, change in rules.items():
        told: Counter[bool | None] = Counter()
        for gold in golds:
            text = change(gold)
            if text is None:
                continue
            begun = time.perf_counter()
            verdict = judge(text, gold)
            seconds.append(time.perf_counter() - begun)
            told[verdict] += 1
            if verdict is not wanted:
                print(f"  {rule}: {text!r} beside {gold!r} is {'undecided' if verdict is None else 'equal' if verdict else 'not equal'}")
        other += told[not wanted]
        print(f"{name}, {rule}: {told[wanted]} of {told.total()} as wanted, {told[None]} undecided, {told[not wanted]} the other way")
    return other


def _tell_times(seconds: list[float]) -> None:
    ordered = sorted(seconds)
    shares = [f"{name} {1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]:.2f} ms" for name, share in _SHARES.items()]
    print(f"{len(ordered)} comparisons: {', '.join(shares)}")


_SHARES = {"p50": 0.5, "p99": 0.99, "max": 1.0}


def _decimal(gold: str) -> str | None:
    """A fraction whose decimal ends, as that decimal."""
    if not (found := _PLAIN_FRACTION.fullmatch(gold)):
        return None
    value = Fraction(int(found[2]), int(found[3]))
    text = f"{float(value)!r}"
    return found[1] + text if Fraction(text) == value else None


def _slash(gold: str) -> str | None:
    changed = re.sub(r"\\d?frac\{(\d+)\}\{(\d+)\}", r"(\1/\2)", gold)
    return changed if changed != gold else None


def _turned(gold: str) -> str | None:
    """A set or a list in another order."""
    inside = found[1] if (found := _SETS.fullmatch(gold)) else gold
    parts = re.split(r",(?!\\!)(?!\d{3})", inside)
    if len(parts) < 2 or "(" in gold or "[" in gold or "begin" in gold:
        return None
    turned = ", ".join(reversed([part.strip() for part in parts]))
    return f"\\{{{turned}\\}}" if found else turned


def _where(wanted: str, new: str) -> Rule:
    """A replacement by a regular expression, where it changes anything."""

    def change(gold: str) -> str | None:
        changed = re.sub(wanted, new, gold)
        return changed if changed != gold else None

    return change


RENDERINGS: Mapping[str, Rule] = {
    "as it is": lambda gold: gold,
    "dollars": lambda gold: f"${gold}$",
    "double dollars and a full stop": lambda gold: f"$${gold}.$$",
    "brackets of a display": lambda gold: f"\\[ {gold} \\]",
    "full stop": lambda gold: f"{gold}.",
    "boxed": lambda gold: f"\\boxed{{{gold}}}",
    "a name before it": lambda gold: None if "=" in gold or "in " in gold or "text" in gold else f"x = {gold}",
    "without spaces": lambda gold: re.sub(r"(?<!\\) (?![A-Za-z])", "", gold) if "text" not in gold and "mbox" not in gold else None,
    "thin spaces": lambda gold: re.sub(r"(?<=[\d}])(?=[-+])", r"\\, ", gold),
    "display fractions": lambda gold: gold.replace("\\frac", "\\dfrac"),
    "text fractions": _where(r"\\d?frac", r"\\tfrac"),
    "sized brackets": lambda gold: None if "left" in gold else re.sub(r"\)", r"\\right)", re.sub(r"\(", r"\\left(", gold)),
    "no sizes": _where(r"\\(?:left|right)", ""),
    "big brackets": _where(r"\\left|\\right", r"\\Big"),
    "slash": _slash,
    "braces of macros": _where(r"\\(d?frac) ?(\d)(\d)(?!\d)", r"\\\1{\2}{\3}"),
    "decimal": _decimal,
    "degree sign": _where(r"\^\\circ", "°"),
    "degrees in words": _where(r"\^\\circ", " \\\\text{ degrees}"),
    "no degrees": _where(r"\^\\circ", ""),
    "no unit": _where(r"\\(?:text|mbox)\{ ?(?:cents|degrees|inches|cm)\}(?:\^2)?|\\\$", ""),
    "mathrm": _where(r"\\(?:text|mbox)", r"\\mathrm"),
    "plain words": _where(r"\\text\{([A-Za-z]+)\}", r"\1"),
    "no thin space in numbers": _where(r",\\! ?", ","),
    "no comma in numbers": _where(r",\\! ?", ""),
    "square brackets of matrices": _where("pmatrix", "bmatrix"),
    "root in words": _where(r"\\sqrt\{(\d+)\}", r" sqrt(\1)"),
    "sign of the root": _where(r"\\sqrt\{(\d+)\}", r" √(\1)"),
    "letters of mathematics": lambda gold: changed if (changed := _unicode(gold)) != gold else None,
    "other order": _turned,
    "interval alone": _where(r"x \\in ", ""),
    "membership": lambda gold: (
        f"x \\in {gold}" if re.fullmatch(r"(?:\\left)?[(\[][^a-z]*(?:\\infty[^a-z]*)?[\])]", gold) and "infty" in gold else None
    ),
    "times a point": _where(r"(\d) ?(\\sqrt|\\pi)", r"\1 \\cdot \2"),
    "equal sign at the end": lambda gold: f"{gold} = {gold}" if _WHOLE.fullmatch(gold) else None,
    "one decimal": lambda gold: f"{gold}.0" if _WHOLE.fullmatch(gold) else None,
    "plus sign": lambda gold: f"+{gold}" if re.fullmatch(r"\d+", gold) else None,
}


def _unicode(gold: str) -> str:
    for command, sign in (("\\pi", "π"), ("\\infty", "∞"), ("\\cup", "\u222a"), ("\\pm", "±"), ("\\in ", "∈ ")):
        gold = gold.replace(command, sign)
    return gold


def _other_sign(gold: str) -> str | None:
    if re.fullmatch(r"\\text\{.*\}|0|\\pm.*", gold) or "," in gold or "begin" in gold or "=" in gold or "\\in" in gold or "cup" in gold:
        return None
    return gold[1:] if gold.startswith("-") and not re.search(r"[-+]", gold[1:]) else f"-({gold})"


def _other_digit(place: int) -> Rule:
    """One digit of the gold by another."""

    def change(gold: str) -> str | None:
        digits = list(re.finditer(r"\d", gold))
        if not digits:
            return None
        at = digits[place].start()
        return f"{gold[:at]}{(int(gold[at]) + 1) % 10 or 1}{gold[at + 1 :]}"

    return change


def _swapped(gold: str) -> str | None:
    """A point or interval whose first two entries change places."""
    found = re.fullmatch(r"((?:\\left)?[(\[]) ?([^,()]*), ?([^,()]*?) ?((?:\\right)?[)\]])", gold)
    return f"{found[1]}{found[3]}, {found[2]}{found[4]}" if found and found[2].strip() != found[3].strip() else None


def _fewer(gold: str) -> str | None:
    """A list, set or point without its last entry."""
    if "\\!" in gold or re.search(r"\d,\d{3}", gold):
        return None
    found = re.fullmatch(r"(.*),([^,]*?)((?:\\right)?[)\]]|\\\})?", gold)
    return f"{found[1]}{found[3] or ''}" if found else None


CHANGES: Mapping[str, Rule] = {
    "sign": _other_sign,
    "first digit": _other_digit(0),
    "last digit": _other_digit(-1),
    "a digit more": lambda gold: f"{gold}0" if re.fullmatch(r"-?[1-9]\d*", gold) else None,
    "one more": lambda gold: str(int(gold) + 1) if _WHOLE.fullmatch(gold) else None,
    "nearly": lambda gold: f"{gold}.0001" if _WHOLE.fullmatch(gold) else None,
    "upside down": lambda gold: (
        f"{found[1]}\\frac{{{found[3]}}}{{{found[2]}}}" if (found := _PLAIN_FRACTION.fullmatch(gold)) and found[2] != found[3] else None
    ),
    "rounded": lambda gold: (
        f"{found[1]}{int(found[2]) / int(found[3]):.4f}" if (found := _PLAIN_FRACTION.fullmatch(gold)) and not _decimal(gold) else None
    ),
    "without its root": _where(r"\\sqrt\{?(\d+)\}?", r"\1"),
    "without pi": _where(r"\\pi", ""),
    "swapped": _swapped,
    "closed for open": _where(r"\(([^()]*infty[^()]*)\)$|\((.*)\]$", r"[\1\2]"),
    "open for closed": _where(r"^(\\left)?\[(.*)\]$", r"\1(\2)"),
    "one entry less": _fewer,
    "another base": _where(r"_\{?(\d)\}?$", r"_{1\1}"),
    "another unit": _where(r"cents", "dollars"),
    "another power of a unit": _where(r"\}\^2$", "}^3"),
    "another word": _where(r"\\text\{([A-Za-z]+)\}", r"\\text{not \1}"),
    "another letter": _where(r"^\\text\{\(([A-D])\)\}$", r"\\text{(E)}"),
    "another name": _where(r"(?<![A-Za-z\\])([xknraR])(?![A-Za-z])", "w"),
    "conjugate": _where(r"([-+]) ?(\d*)i$", r"\1 \2"),
    "transposed": _where(r" \\\\ ", " & "),
    "a term more": lambda gold: f"{gold} + 1" if re.fullmatch(r"[-+a-z0-9^ ]*[a-z][-+a-z0-9^ ]*", gold) else None,
}


def _compare_replies(file: Path) -> None:
    """Print how reader and judge, Math-Verify, and the published verdicts agree on real replies, and each case on which they part."""
    from math_verify import parse, verify

    told: Counter[tuple[object, ...]] = Counter()
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        answer = read_visible(stated_expression, row["reply"])
        ours = False if answer is None else own(answer, row["gold"])
        theirs = bool(verify(parse(f"${row['gold']}$"), parse(row["reply"])))
        told[ours, theirs, row["score"]] += 1
        if not ours is theirs is row["score"]:
            print(f"  {number}: gold {row['gold']!r}, read {answer!r}: own {ours}, math-verify {theirs}, published {row['score']}")
    for (ours, theirs, score), count in sorted(told.items(), key=lambda each: -each[1]):
        print(f"replies: own {ours}, math-verify {theirs}, published {score}: {count}")


if __name__ == "__main__":
    sys.exit(main())
