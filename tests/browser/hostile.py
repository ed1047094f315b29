"""Text that has broken pages before, and runs in which everything a dataset, a user or a model may name is such text."""

from __future__ import annotations

import random
from typing import Any

from itemwise.cases.reply import Verdict
from itemwise.causes import Cause
from itemwise.reporting import RunRecord
from itemwise.results.entry import Entry
from tests.browser.runs import a_picture
from tests.reporting.conftest import a_reply, a_run, an_entry

__all__ = ["FLAG", "HOSTILE", "run_of_hostile", "shown_form"]

FLAG = "ranWhatItShouldNot"  # what every script of the corpus sets on the window
_SET = f"window.{FLAG}=1"
_FRAME = f"<iframe srcdoc='&lt;script&gt;parent.{FLAG}=1&lt;/script&gt;'></iframe><iframe src=//evil.test></iframe>"

HOSTILE: dict[str, str] = {
    "script": f"</script><script>{_SET};alert(1)</script>",
    "script in comment": f"<!--<script>{_SET}</script>--><!-- <script> ]]> --!>",
    "script in JSON": f'"}}]}}</script><script>{_SET}</script>{{"x":[',
    "title": f"</title></style></textarea></pre><script>{_SET}</script>",
    "img": f"<img src=x onerror={_SET}><img src=//evil.test/x.png>",
    "attribute": f'"\' autofocus onfocus={_SET} onmouseover={_SET} x="',
    "svg": f'"><svg onload={_SET}><use href=//evil.test/x.svg#a /></svg><math><mi xlink:href="javascript:{_SET}">x</mi></math>',
    "javascript": f"javascript:{_SET}//",
    "link": f"<a href=javascript:{_SET} target=_top>sums</a>[x](javascript:{_SET})",
    "style": "<style>*{display:none!important}</style><link rel=stylesheet href=//evil.test/x.css>",
    "css": "red;}body{display:none}@import url(//evil.test/x.css);background:url(//evil.test/y)",
    "iframe": _FRAME,
    "base": "<base href=//evil.test/><meta http-equiv=refresh content='0;url=//evil.test/'>",
    "form": f"<form action=//evil.test><input name=text><button formaction=javascript:{_SET}>go</button></form>",
    "object": f"<object data=data:text/html,<script>{_SET}</script>></object><embed src=//evil.test><template><b>x</template>",
    "cdata": "]]><![CDATA[ &lt;&amp;&#x3c;script&#x3e; &notin; <?xml?> <!DOCTYPE x>",
    "prototype": "__proto__",
    "constructor": "constructor",
    "hasOwnProperty": "hasOwnProperty",
    "clobber": "filters",
    "template": "${window."
    + FLAG
    + "=1} `${alert(1)}` {{ 7*7 }} {% raw %}{{ constructor.constructor('"
    + _SET
    + "')() }} <%= 7*7 %> #{7*7}",
    "data URI": f"data:text/html;base64,PHNjcmlwdD4= data:text/html,<script>{_SET}</script>",
    "rtl override": "\u202egnorw si siht\u202e \u202dleft\u2067right\u2066 never closed",
    "arabic": "\u0627\u0644\u062c\u0648\u0627\u0628 42 \u05ea\u05e9\u05d5\u05d1\u05d4 \u200f\u200e",
    "zero width": "4\u200b2\u200d\u2060\ufeff\u00ad \u034f\u180e",
    "zalgo": "".join(letter + "".join(chr(random.Random(letter).randrange(0x300, 0x36F)) for _ in range(60)) for letter in "sixtimesseven"),
    "controls": "".join(map(chr, [*range(32), 127, *range(128, 160)])) + "end",
    "surrogates": "\ud800 \udc00 \udfff\ud83d end",
    "terminal": "\x1b[2J\x1b]0;title\x07\x1b[31mred\x9b2J\r\x08\x08over",
    "separators": "line\u2028separator\u2029paragraph\x85next\x0bvertical\x0cform",
    "noncharacters": "\ufffe\uffff\U0001ffff\U0010ffff\ue000",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈" * 30,
    "quotes": 'it\'s "quoted" \\ \\u003cscript\\u003e \\" % %% %41 %zz # ## ?a=b&c=d / + .. \\n',
    "wide": "W" * 3000,
    "spaces": " \t\n  \n ",
    "one line": "x" * 1_000_000,
    "many lines": "\n".join(map(str, range(100_000))),
    "deep": "[" * 50_000 + "<b>" * 5_000,
}
LONG = {"one line", "many lines", "deep"}  # as said by models; no test could be named so


def _hostile_entry(number: int, name: str, text: str) -> Entry:
    """One wrong case whose every word is `text`, save that what stands in test ids is short."""
    named = name if name in LONG else text
    reply = {
        **a_reply(text).record(),
        "turns": [
            {"role": "user", "content": text},
            {"role": "assistant", "content": text, "finish_reason": named, "completion_tokens": 3},
        ],
        "notes": {named: text},
    }
    words: dict[str, Any] = {"case": f"{named} {number}", "benchmark": named, "model_name": named, "strategy": named, "rule": named}
    said = {"prompt": text, "expected": text, "answer": text, "message": text, "rerun": text, "tags": {named: text, "__proto__": text}}
    causes = (Cause(named, text), Cause("constructor", text))
    where: dict[str, Any] = {"model": {"model": named, "location": text[:2000]}, "rows": {"source": text[:2000], named: named}}
    return an_entry(
        number, Verdict.WRONG, **words, **said, **where, causes=causes, node_id=f"{named}::{named}[{number}]", reply=reply,
        span=(0, min(3, len(text))), picture="__proto__" if number % 2 else named,
    )  # fmt: skip


def run_of_hostile() -> RunRecord:
    """A case for every text of the corpus, an error with each as its message, and pictures named and made of them."""
    entries = [_hostile_entry(number, name, text) for number, (name, text) in enumerate(HOSTILE.items())]
    errors = [an_entry(1000 + number, Verdict.ERROR, message=text, prompt=text, case=name, node_id=f"error-{name}")
              for number, (name, text) in enumerate(HOSTILE.items())]  # fmt: skip
    pictures = {
        HOSTILE["img"]: a_picture(),
        HOSTILE["svg"]: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "constructor": b"",
    }
    short = {name: text for name, text in HOSTILE.items() if name not in LONG}
    return a_run(*entries, *errors, command=" ".join(short.values()), settings=short, environment=short, pictures=pictures)


def shown_form(text: str) -> str:
    """`text` as the page holds it: lone surrogates are no text."""
    return text.encode("utf-8", "replace").decode()
