"""The report page of runs of many cases: its size, how long it takes to make, to open and to use in Chromium.

    python -m tools.bench_page
    python -m tools.bench_page --cases 10000 --pictures 0 --screenshots FOLDER

The cases are made word problems and, besides, made science pictures; the replies are seeded text of about 150 tokens with Markdown
and formulas. Opening is timed from the start of the navigation until the list shows rows and a click on one has shown its case; a
keystroke in the search until the list is laid out anew, a scroll step until the frame that draws it, so that one frame, 17 ms, is its
least.
Each number is the median of `--loads`. Chromium is found on PATH or named by `--chromium`.
"""

from __future__ import annotations

import argparse
import random
import shutil
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from itemwise.cases.case import LETTERS
from itemwise.cases.chat import Turn, TurnCost
from itemwise.cases.picture import Picture
from itemwise.cases.reply import Reply, Verdict
from itemwise.causes import Cause
from itemwise.reporting import RunRecord
from itemwise.reporting.writers.html import report_parts
from itemwise.results.entry import Entry, Texts
from itemwise.results.ledger import Ledger
from itemwise.synthetic import science_pictures, word_problems

STEPS = (
    "First I look at what is given: {one} and {other}.",
    "Each of them counts {one} times, so the next figure is {one} * {other} = {product}.",
    "What is left after that is {product} - {one} = {left}.",
    "Let me check this once more, because the question asks for the whole and not for a part of it.",
    "Taken together these make {sum}.",
    "**Step**: \\( {one} \\times {other} = {product} \\)",
    "\\[ \\frac{{{one}}}{{{other}}} + {one} = \\text{{what is left}} \\]",
    "- with `{one} + {other}` it is *{sum}*",
)
CAUSES = ("arithmetic slip", "reasoning", "other form", "not given")
VERDICTS = (Verdict.CORRECT,) * 12 + (Verdict.WRONG,) * 6 + (Verdict.NO_ANSWER, Verdict.TRUNCATED)


def reply_text(rng: random.Random, answer: str) -> str:
    """A worked reply of about 150 tokens that ends in `answer`."""
    said = []
    for _ in range(8):
        one, other = rng.randrange(2, 90), rng.randrange(2, 90)
        step = rng.choice(STEPS)
        said.append(step.format(one=one, other=other, product=one * other, left=one * other - one, sum=one + other))
    return "\n".join([*said, f"The answer is {answer}"])


def questions(texts: int, pictures: int) -> Iterator[tuple[str, str, str, Picture | None]]:
    """Benchmark, prompt, expected answer and picture of `texts` word problems, then of `pictures` science pictures."""
    for row in islice(word_problems(42, pool="all"), texts):
        yield "gsm8k-synthetic", row["question"], row["answer"].rpartition("#### ")[2], None
    for row in islice(science_pictures(42), pictures):
        options = "\n".join(f"{LETTERS[place]}. {choice}" for place, choice in enumerate(row["choices"]))
        image = row["image"]
        yield "scienceqa-synthetic", f"{row['question']}\n{options}", LETTERS[row["answer"]], Picture("made", lambda image=image: image)


def an_entry(number: int, rng: random.Random, benchmark: str, prompt: str, expected: str, picture: Picture | None) -> Entry:
    """A case with a seeded verdict and the reply that led to it."""
    verdict = rng.choice(VERDICTS)
    answer = {Verdict.CORRECT: expected, Verdict.WRONG: "B" if picture else str(rng.randrange(1000))}.get(verdict)
    text = reply_text(rng, answer or "not sure.")
    reason = "length" if verdict is Verdict.TRUNCATED else "stop"
    tokens, case = len(text) // 4, f"{benchmark.partition('-')[0]}-{number}"
    node_id = f"benchmarks/test_{benchmark.partition('-')[0]}.py::test_cases[made-direct-{case}]"
    turns = (Turn("user", prompt), Turn("assistant", text, cost=TurnCost(reason, 90, tokens)))
    kind = {Verdict.CORRECT: "", Verdict.NO_ANSWER: "no number", Verdict.TRUNCATED: "truncated"}.get(verdict, rng.choice(CAUSES))
    return Entry(
        node_id=node_id, position=(benchmark, number), benchmark=benchmark, model_name="made", strategy="direct", case=case,
        sample_size=0, expected=expected, verdict=verdict, answer=answer,
        rule=None if answer is None else "last number",
        span=None if answer is None else (text.rindex(answer), text.rindex(answer) + len(answer)),
        causes=(Cause(kind, f"as {text.splitlines()[1]}"),) if kind else (),
        picture=picture.sha256 if picture else "",
        quoted=Texts(
            prompt, rerun=f"pytest '{node_id}'",
            reply=Reply(text, reason, 90, tokens, rng.random(), 32, turns, generated=1, generated_tokens=tokens),
        ),
    )  # fmt: skip


def a_run(texts: int, pictures: int) -> RunRecord:
    """A run of `texts` word problems and `pictures` pictures."""
    ledger, shown, rng = Ledger(), {}, random.Random(42)
    for number, (benchmark, prompt, expected, picture) in enumerate(questions(texts, pictures)):
        ledger.put(an_entry(number, rng, benchmark, prompt, expected, picture))
        if picture:
            shown[picture.sha256] = picture.content
    started = "2026-01-01T00:00:00+00:00"
    return RunRecord(started, 60.0, "pytest benchmarks/", {}, {}, {}, {}, ledger.entries, ledger.tallies(), [], pictures=shown)


def milliseconds(page: Page, doing: str, times: int) -> float:
    """The median time of `doing` and the layout after it, each time begun in a quiet frame."""
    frames = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    found: list[float] = page.evaluate(
        f"""async () => {{
          const found = [];
          for (let time = 0; time < {times}; time++) {{
            await {frames};
            const start = performance.now();
            {doing};
            document.getElementById("list").getBoundingClientRect();
            found.push(performance.now() - start);
          }}
          return found;
        }}"""
    )
    return median(found)


def opened(browser: Browser, address: str) -> tuple[float, Page]:
    """The page, and the seconds until a click had shown a case."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator("#list").get_by_role("option").first.click()
    page.locator("#detail h3").wait_for()
    return time.perf_counter() - start, page


def measure(browser: Browser, run: RunRecord, path: Path, loads: int) -> dict[str, Any]:
    """Write the page and time it."""
    start = time.perf_counter()
    path.write_text("".join(report_parts(run)), encoding="utf-8")
    made = time.perf_counter() - start
    times = []
    for _ in range(loads):
        seconds, page = opened(browser, path.as_uri())
        times.append(seconds)
        if len(times) < loads:
            page.context.close()
    typed = "const field = document.querySelector('#filters [name=text]'); field.value = 'the answer is 4'.slice(0, 3 + time);"
    typed += " field.dispatchEvent(new Event('input', { bubbles: true }))"
    first = milliseconds(page, typed, 1)
    typing = milliseconds(page, typed, 12)
    page.locator("#filters").evaluate("form => { form.reset(); form.dispatchEvent(new Event('input')); }")
    scrolled = "const list = document.getElementById('list'); list.scrollTop += 1000; list.dispatchEvent(new Event('scroll'));"
    scrolling = milliseconds(page, f"{scrolled} await new Promise(requestAnimationFrame)", 40)
    heap = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
    page.context.close()
    return {
        "cases": len(run.entries), "pictures": len(run.pictures), "page MB": path.stat().st_size / 1e6, "report_html s": made,
        "interactive s": median(times), "first key ms": first, "key ms": typing, "scroll ms": scrolling, "heap MB": heap,
    }  # fmt: skip


def screenshots(browser: Browser, path: Path, folder: Path) -> None:
    """The list, one case with a picture, a phone's width, and the dark scheme."""
    folder.mkdir(parents=True, exist_ok=True)
    views: dict[str, tuple[dict[str, Any], bool]] = {
        "list": ({"viewport": {"width": 1280, "height": 1400}}, False),
        "case": ({"viewport": {"width": 1280, "height": 900}}, True),
        "phone": ({"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}, True),
        "dark": ({"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}, True),
    }
    for name, (options, at_case) in views.items():
        page = browser.new_context(**options).new_page()
        page.goto(path.as_uri())
        if at_case:
            verdict = page.get_by_role("combobox", name="Verdict")
            verdict.select_option("wrong")
            page.get_by_role("combobox", name="Benchmark").select_option("scienceqa-synthetic" if name != "phone" else "gsm8k-synthetic")
            page.locator("#list").get_by_role("option").nth(1).click()
            page.locator("#browser").evaluate("section => section.scrollIntoView()")
        page.screenshot(path=folder / f"{name}.png")
        page.context.close()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--cases", type=int, action="append", help="word problems of a run; repeatable (default: 1319 with 50 pictures, 10000)"
    )
    parser.add_argument("--pictures", type=int, default=50, help="pictures in the smallest of the runs (default: 50)")
    parser.add_argument("--loads", type=int, default=5, help="how often each page is opened (default: 5)")
    parser.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome"))
    parser.add_argument("--screenshots", type=Path, help="folder for pictures of the smallest run's page")
    wanted = parser.parse_args()
    if wanted.chromium is None:
        parser.error("no chromium, chromium-browser or google-chrome is on PATH: install Chromium, or name it with --chromium.")
    sizes = sorted(wanted.cases or [1319, 10_000])
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=wanted.chromium, args=["--no-sandbox"])
        for place, size in enumerate(sizes):
            path = Path(folder) / f"{size}.html"
            found = measure(browser, a_run(size, 0 if place else wanted.pictures), path, wanted.loads)
            print("  ".join(f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}" for name, value in found.items()))
            if wanted.screenshots and not place:
                screenshots(browser, path, wanted.screenshots)
        browser.close()


if __name__ == "__main__":
    main()
