"""Throw hostile expressions at the calculator and hostile texts at the parser of tool calls: always an answer, at once, nothing run.

    python -m tools.fuzz_calculator --expressions 1000000 --texts 200000

Expressions are arithmetic of every spelling, towers of powers, deep nesting, attempts to run code, and mutations of these;
texts mix the tags and the JSON of several models' calls, whole and broken, up to 4,000 characters. Each may take a
millisecond of CPU time; one that takes longer is measured again three times and its shortest counts, as a machine may
interrupt. An audit hook notes everything that the interpreter reports meanwhile (imports, opened files, processes,
sockets, code executed, ...) except `compile`, which parsing reports; nothing may be noted, and no canary file may appear.
Prints each input that breaks a promise, and exits 1 if there is one.
"""

# ruff: noqa: RUF001 - look-alikes are what it throws
from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from itemwise.models.call_dialects import MOST, read_calls
from itemwise.strategies.calculator import CALCULATOR, LONGEST, calculate

CANARY = Path("CANARY")
LIMIT = 1e-3  # seconds of CPU time for one input
LONGEST_TEXT = 4000
FAULTS = {"crashed": "crashed", "wrong": "wrongly answered", "reported": "with events noted", "slow": f"over {LIMIT * 1e3:g} ms"}

ATTACKS = (
    "__import__('os').system('touch CANARY')", "open('CANARY','w').write('x')", "exec('import os')", "eval('open(\"CANARY\", \"w\")')",
    "().__class__.__bases__[0].__subclasses__()", "[].__len__()", "(lambda: open('CANARY', 'w'))()", "f'{open(\"CANARY\", \"w\")}'",
    "__builtins__['open']('CANARY','w')", "getattr(5,'real')", "[open('CANARY','w') for x in (1,)]", "(a:=5)", "breakpoint()", "5 .real",
    "import os", "5;open('CANARY','w')", "5\nimport os", "compile('1','','eval')", "5 if open('CANARY','w') else 6", "'9'*10**9",
    "1<<9**9",
)  # fmt: skip
HUGE = (
    "9**9**9**9", "((2**64)**64)**64", "(2/3)**64**64", "1/3**64", "10**40", "9" * 39, "9" * 5000, "0." + "1" * 150, "1e999", "1**64",
    "2**-64",
)  # fmt: skip
SPELT = (
    "+", "-", "*", "/", "//", "%", "**", "^", "(", ")", ",", ".", " ", "$", "[", "]", "0", "1", "9", "05", "1,000", "15%", "64", "x",
    " X ", "×", "÷", "−", "–", "·", "½", "¾", "\\frac{", "}{", "{", "}", "\\times", "\\div", "\\cdot", "\\left(", "\\right)", "\\", "^{",
    "（", "）", "％", "，", "＋", "５", "٥", "²", "\u3000", "\u00a0", "\u202e", "\x00", "\ud800", "e", "j", "_", "#", "=", "@", "~", "'",
    '"', "\n", "\t",
)  # fmt: skip
NESTS = (
    ("(", ")"), ("-(", ")"), ("(1+", ")"), ("(1/", ")"), ("2^{", "}"), ("\\frac{", "}{2}"), ("(", "%)"), ("(", "**64)"), ("(", "/7)**9"),
)  # fmt: skip
CHAINS = (
    "-", "- ", "+-", "1+", "1%*", ".1*", "7%%3+", "9//", "1**", "1**-", "1/3**64*", "(1/7%1/9)+", "1x", "½+", "%", "^{", "\\frac{",
    "1,000,",
)  # fmt: skip
MARKS = (
    "<tool_call>", "</tool_call>", "<tool_call>\n", "<function=calculator>", "<function=x>", "</function>", "[TOOL_CALLS]",
    "[TOOL_CALLS] [", "[CALL_ID]abc", "[ARGS]", "calculator", "<|python_tag|>", "<think>", "</think>", "```json\n", "\n```", ";", ", ",
    "]", "\n", " ", "Well. ",
)  # fmt: skip
BROKEN = (
    "{", "}", '"', "[", '{"a":', "[[", '{"name": ', "NaN", "\\", "\\ud800", "9" * 4400, "\ud800", "\x00", '"arguments": "', "1e999", ",",
)  # fmt: skip


def arithmetic(rng: random.Random, depth: int = 4) -> str:
    """An expression that mostly has a value, if perhaps one past the bounds."""
    if depth == 0 or rng.random() < 0.3:
        number = rng.choice((str(rng.randrange(100)), f"{rng.randrange(10**6):,}", f"{rng.random():.4f}", f"{rng.randrange(100)}%"))
        return rng.choice((number, number, number, f"{number}½", rng.choice(HUGE[:-2])))
    left, right = arithmetic(rng, depth - 1), arithmetic(rng, depth - 1)
    sign = rng.choice(("+", "-", "*", "/", "//", "%", "**", "^", " x ", "×", "÷", "\\times ", "－"))
    return rng.choice(
        (f"({left}{sign}{right})", f"{left}{sign}{right}", f"-{left}", f"\\frac{{{left}}}{{{right}}}", f"（{left}{sign}{right}）")
    )


def nested(rng: random.Random) -> str:
    """Much inside each other, or one piece again and again, about as long as the longest expression."""
    if rng.random() < 0.5:
        opening, closing = rng.choice(NESTS)
        depth = rng.randrange(1, LONGEST // len(opening + closing) + 2)
        return opening * depth + rng.choice(("1", "2", "2/3", "9**9", "", "1 1")) + closing * depth
    piece = rng.choice(CHAINS)
    return (piece * LONGEST)[: rng.randrange(LONGEST)] + rng.choice(("1", "", "9" * 20))


def mutated(rng: random.Random, text: str, pieces: tuple[str, ...]) -> str:
    """`text` with a few pieces in the place of others."""
    for _ in range(rng.randrange(1, 4)):
        place = rng.randrange(len(text) + 1)
        text = text[:place] + rng.choice(pieces) + text[place + rng.randrange(4) :]
    return text


def expression(rng: random.Random) -> object:
    """One expression that nobody means well with."""
    kind = rng.random()
    if kind < 0.25:
        return arithmetic(rng)
    if kind < 0.45:
        return nested(rng)
    if kind < 0.65:
        return "".join(rng.choice(SPELT) for _ in range(rng.randrange(1, 60)))
    if kind < 0.75:
        return rng.choice(ATTACKS) if rng.random() < 0.5 else mutated(rng, rng.choice(ATTACKS), SPELT)
    if kind < 0.8:
        return "".join(chr(rng.randrange(0x11000)) for _ in range(rng.randrange(LONGEST)))
    if kind < 0.82:
        return rng.choice((None, True, [], {}, 7, -0.5, 1e300, 1e-300, float("nan"), float("inf"), 10**5000, rng.choice(HUGE) * 1000))
    return mutated(rng, rng.choice((arithmetic(rng), nested(rng), rng.choice(HUGE))), SPELT + HUGE + ATTACKS)


def call(rng: random.Random) -> str:
    """The JSON of one call, whole or not."""
    arguments = rng.choice(
        ({"expression": rng.choice(HUGE)}, {"expression": rng.choice(ATTACKS)}, "6*7", [], None, '{"expression": "6*7"}', {})
    )
    said = json.dumps(
        {"name": rng.choice(("calculator", "calculator", "search", "", 5)), rng.choice(("arguments", "parameters")): arguments}
    )
    kind = rng.random()
    return said if kind < 0.6 else mutated(rng, said, BROKEN) if kind < 0.9 else said[: rng.randrange(len(said))]


def text(rng: random.Random) -> str:
    """One reply full of calls, or of what looks like calls, up to LONGEST_TEXT characters."""
    if rng.random() < 0.2:
        piece = "".join(rng.choice((rng.choice(MARKS), rng.choice(BROKEN), call(rng))) for _ in range(rng.randrange(1, 4)))
        return (piece * LONGEST_TEXT)[: rng.randrange(LONGEST_TEXT + 1)]
    pieces = (rng.choice((rng.choice(MARKS), rng.choice(MARKS), rng.choice(BROKEN), call(rng))) for _ in range(rng.randrange(1, 40)))
    return "".join(pieces)[:LONGEST_TEXT]


def unanswered(asked: object) -> str | None:
    """What is wrong with the calculator's answer, if anything."""
    reply = calculate({"expression": asked})
    return None if isinstance(reply, str) and reply.isprintable() and reply else f"answered {reply!r}"


def unread(reply: str) -> str | None:
    """What is wrong with the calls read of a reply, if anything."""
    said, calls = read_calls(reply, [CALCULATOR])
    if len(calls) > MOST or not all(each.fault or each.name == "calculator" for each in calls):
        return f"read {calls!r}"
    return None if calls or said == reply.strip() else f"lost text: {said!r}"


class Watch:
    """Notes what the interpreter reports while it is on, except what parsing reports."""

    def __init__(self) -> None:
        self.on = False
        self.events: list[str] = []
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.on and event != "compile":
            self.on = False  # to describe it may be reported too
            self.events.append(f"{event} {arguments!r}"[:200])
            self.on = True

    def timed(self, check: Callable[[], str | None]) -> tuple[float, str, str]:
        """The seconds of CPU time that `check` took, which of FAULTS it found, if any, and what exactly."""
        self.events.clear()
        self.on = True
        started = time.thread_time()
        try:
            fault, found = "wrong", check()
        except BaseException as error:  # any exception is what is looked for
            fault, found = "crashed", f"{type(error).__name__}: {error}"
        seconds = time.thread_time() - started
        self.on = False
        if self.events:
            return seconds, "reported", "; ".join(self.events)
        return seconds, fault if found else "", found or ""


class Count:
    """What became of one kind of input."""

    def __init__(self) -> None:
        self.thrown = 0
        self.faults = dict.fromkeys(FAULTS, 0)
        self.slowest, self.slowest_input = 0.0, ""

    def throw(self, watch: Watch, thing: object, check: Callable[[], str | None]) -> None:
        """Check one input and add it up."""
        seconds, fault, found = watch.timed(check)
        if seconds > LIMIT:
            seconds = min(watch.timed(check)[0] for _ in range(3))
        self.thrown += 1
        if not fault and seconds > LIMIT:
            fault, found = "slow", f"{seconds * 1e3:.2f} ms"
        if fault:
            self.faults[fault] += 1
            print(f"{fault}: {_shown(thing)}: {found}")
        if seconds > self.slowest:
            self.slowest, self.slowest_input = seconds, _shown(thing)

    def summary(self, kind: str) -> str:
        """One line of numbers and the slowest input."""
        faults = ", ".join(f"{self.faults[fault]} {said}" for fault, said in FAULTS.items())
        return f"{self.thrown} {kind}: {faults}; slowest {self.slowest * 1e3:.3f} ms of CPU time: {self.slowest_input}"


def _shown(thing: object) -> str:
    return f"{thing:x}"[:80] if isinstance(thing, int) else ascii(thing)[:120]


def main() -> None:
    """Read the command line, throw, and count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--expressions", type=int, default=100_000)
    parser.add_argument("--texts", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    if CANARY.exists():
        parser.error(f"{CANARY} exists in this folder; remove it, its appearance is what is watched.")
    rng, watch, started = random.Random(wanted.seed), Watch(), time.perf_counter()
    expressions, texts = Count(), Count()
    for _ in range(wanted.expressions):
        asked = expression(rng)
        expressions.throw(watch, asked, lambda asked=asked: unanswered(asked))
    for _ in range(wanted.texts):
        reply = text(rng)
        texts.throw(watch, reply, lambda reply=reply: unread(reply))
    print(expressions.summary("expressions"))
    print(texts.summary("texts"))
    print(f"canary file {'THERE' if CANARY.exists() else 'absent'}, {time.perf_counter() - started:.0f} s")
    raise SystemExit(CANARY.exists() or any(fault for count in (expressions, texts) for fault in count.faults.values()))


if __name__ == "__main__":
    main()
