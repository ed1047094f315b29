"""The cause "made-up output": the reply writes code, or calls a tool, and itself what that gave; nobody ran it."""

import re

from itemwise.causes.cause import MADE_UP, Cause, cause
from itemwise.causes.thinking import said_aloud
from itemwise.extractors.reply_marks import RESULT
from itemwise.extractors.reply_parts import reply_parts
from itemwise.language import phrase

__all__ = ["made_up_output"]

_CODE = r"(?:script|code|program|function|snippet)"
_CALLED = r"""```[ \t]*(?:python3?|py|javascript|js|java|c|cpp|c\+\+|bash|sh|shell|r|sql|ruby|go|rust|matlab|tool_call|tool_code)\b
      | <tool_call> | <\|python_tag\|>"""
_CALL = re.compile(_CALLED, re.IGNORECASE | re.VERBOSE)
_MARK = re.compile(
    rf"""(?P<code>{_CALLED})
    | (?P<output>```[ \t]*(?:output|stdout|console|results?|execution|tool_output|tool_response)\b[^\n]*\n?
      | ^[ \t\#*]*(?:output|stdout|execution\ (?:result|output)|tool\ (?:output|response|result))[ \t*]*:
        [ \t*]*\n?(?:```[^\n]*\n)?
      | \b(?:{_CODE}|it)\ (?:above\ |then\ )?(?:outputs|prints|returns|returned|printed)
        (?:\ the\ (?:value|result|number))?:?\ (?=[`"'$(]*-?[0-9])
      | \b(?:outputs?|prints?|returns?|displays?|shows?|gives?|result)[ *]{{0,4}}:\s{{1,9}}```[a-z]{{0,10}}\n
      | \b(?:running|executing|run|execute)\ (?:this|the|that)\ {_CODE}\b[^.\n]{{0,40}}?
        \b(?:gives?|outputs?|prints?|returns?|yields?|get)[ ]
        (?=[^.\n]{{0,20}}[0-9])
      | \b(?:output|result)\ of\ (?:this|the|that)\ (?:\w{{1,20}}\ )?{_CODE}\b[^.\n]{{0,20}}?(?:\bis\b|:)[ \t]*(?:```[^\n]*\n)?)
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_SHOWN = re.compile(r"\s{0,200}[^\n]{0,200}")


def made_up_output(text: str) -> Cause | None:
    """What a reply gives as the output of its own code or call; a heading "Output:" without either is none.

    The results of tools that were called are turns of their own and never stand in a reply's text.

    >>> made_up_output("```python\\nprint(6 * 7 - 5)\\n```\\n```output\\n36\\n```").evidence
    'nobody ran it: ```output 36'
    """
    for part in reply_parts(text):
        if part.kind == RESULT:
            return cause(MADE_UP, phrase("nobody ran it: {words}", words=text[part.start : min(part.end, part.start + 100)]))
    spoken = said_aloud(text)
    if not _CALL.search(spoken):
        return None
    calls = False
    for mark in _MARK.finditer(spoken):
        shown = _SHOWN.match(spoken, mark.end())
        if calls and mark["output"] and shown and shown.group().strip(" `\n"):
            return cause(MADE_UP, phrase("nobody ran it: {words}", words=text[mark.start() : min(shown.end(), mark.end() + 100)]))
        calls = calls or mark["code"] is not None
    return None
