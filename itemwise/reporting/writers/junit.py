"""JUnit XML: one testcase per case, a failure type per verdict, accuracy and settings as suite properties.

The document keeps to what Jenkins' xunit plugin takes (its schema junit-10). That schema knows no properties below a testcase, so
those stand in its system-out, one ``[[PROPERTY|name=value]]`` line each, before the reply.
"""

from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from itemwise.cases.repeats import item_of
from itemwise.cases.reply import Verdict
from itemwise.reporting.run_record import RunRecord
from itemwise.results.entry import Entry
from itemwise.results.labels import Key
from itemwise.results.ledger import Tally
from itemwise.results.safe_text import shortened, untagged, xml_safe

__all__ = ["case_properties", "junit_parts", "suite_properties"]

_SHOWN = 20_000  # characters of a reply or an error in the XML; results.jsonl has it whole
_NAMED = 500  # characters of an attribute


def junit_parts(run: RunRecord) -> Iterator[str]:
    """The document, with one suite for each benchmark, model and strategy, in parts none larger than a case or a suite's properties."""
    properties = _properties(run)
    yield '<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="itemwise">'
    for tally in run.tallies:
        entries = [entry for entry in run.entries if tally.counts_entry(entry)]
        head, end, _ = _text(_suite(run.started, tally, entries, properties[tally.key]), level=1).rpartition("\n  </testsuite>")
        yield "\n  " + head
        for entry in entries:
            yield "\n    " + _text(_testcase(entry), level=2)
        for skip in run.skips:
            if skip.key == tally.key:
                case = _named(skip.node_id, 0.0)
                ElementTree.SubElement(case, "skipped", message=_shown(skip.reason, _NAMED))
                yield "\n    " + _text(case, level=2)
        yield end
    yield "\n</testsuites>\n"


def _text(element: ElementTree.Element, level: int) -> str:
    ElementTree.indent(element, level=level)
    return ElementTree.tostring(element, encoding="unicode")


def suite_properties(run: RunRecord) -> dict[str, str]:
    """All suites' properties in one dictionary, each name led by its benchmark, model and strategy."""
    return {f"{'/'.join(key.names)}/{name}": value for key, values in _properties(run).items() for name, value in values.items()}


def case_properties(entry: Entry) -> dict[str, str]:
    """What stands beside a test case: its answer, what was expected, its verdict and its cost."""
    cost = entry.cost
    repeat = {"item": item_of(entry.case, entry.repeat), "repeat": entry.repeat} if "repeats" in entry.rows else {}
    values = {
        **repeat,
        "answer": entry.answer,
        "expected": entry.expected,
        "verdict": entry.verdict.value,
        **{name: f"{score.value:.6f}" for name, score in entry.scores.items()},
        "cause": entry.cause or None,
        "evidence": entry.causes[0].evidence if entry.causes else None,
        "read_by": entry.rule,
        "completion_tokens": cost and cost.completion_tokens,
        "thinking_tokens": (cost and cost.thinking_tokens) or None,
        "prompt_tokens": cost and cost.prompt_tokens,
        "seconds": f"{cost.seconds:.4f}" if cost else None,
        "finish_reason": cost and cost.finish_reason,
    }
    return {name: xml_safe(shortened(str(value), _NAMED)) for name, value in values.items() if value is not None}


def _suite(started: str, tally: Tally, entries: list[Entry], properties: Mapping[str, str]) -> ElementTree.Element:
    suite = ElementTree.Element(
        "testsuite",
        name=xml_safe(tally.name),
        tests=str(len(entries) + tally.skipped),
        failures=str(tally.judged - tally.counts[Verdict.CORRECT]),
        errors=str(tally.counts[Verdict.ERROR]),
        skipped=str(tally.skipped + tally.counts[Verdict.UNDECIDED]),
        time=f"{tally.seconds:.3f}",
        timestamp=started,
    )
    parent = ElementTree.SubElement(suite, "properties")
    for name, value in properties.items():
        ElementTree.SubElement(parent, "property", name=name, value=xml_safe(value))
    return suite


def _properties(run: RunRecord) -> dict[Key, dict[str, str]]:
    """The properties of each suite by benchmark, model and strategy: those of all sections."""
    properties: dict[Key, dict[str, str]] = {tally.key: {} for tally in run.tallies}
    for section in run.sections:
        for key, values in section.properties.items():
            properties[key] |= values
    return properties


def _named(node_id: str, seconds: float) -> ElementTree.Element:
    module, _, test = node_id.partition("::")
    classname = xml_safe(module.removesuffix(".py").replace("/", "."))
    return ElementTree.Element("testcase", classname=classname, name=untagged(xml_safe(test)), time=f"{seconds:.4f}")


def _testcase(entry: Entry) -> ElementTree.Element:
    texts = entry.texts()
    case = _named(entry.node_id, entry.cost.seconds if entry.cost else 0.0)
    text = _shown(texts.reply_text, _SHOWN)
    if entry.verdict is Verdict.ERROR:
        error = ElementTree.SubElement(case, "error", type="error", message=_shown(texts.message, _NAMED))
        error.text = _shown(texts.message, _SHOWN)
    elif entry.verdict is Verdict.UNDECIDED:  # a dashboard has no other word for what neither passed nor failed
        ElementTree.SubElement(case, "skipped", message=_shown(_told(entry), _NAMED))
    elif entry.verdict is not Verdict.CORRECT:
        message = _shown(_told(entry), _NAMED)
        failure = ElementTree.SubElement(case, "failure", type=entry.verdict.value, message=message)
        failure.text = f"{message}\nrerun: {untagged(xml_safe(texts.rerun))}\n\n{text}"  # some dashboards show the text alone
    lines = [f"[[PROPERTY|{name}={_one_line(value)}]]" for name, value in case_properties(entry).items()]
    ElementTree.SubElement(case, "system-out").text = "\n".join([*lines, "", text])
    return case


def _told(entry: Entry) -> str:
    """The verdict with what it rests on."""
    because = "".join(f"; {cause.kind}: {cause.evidence}" for cause in entry.causes[:1])
    return f"{entry.verdict.value}: expected {entry.expected!r}, read {str(entry.answer)!r}{because}"


def _shown(text: str, most: int) -> str:
    return untagged(xml_safe(shortened(text, most)))


def _one_line(value: str) -> str:
    return untagged(value).replace("]]", "] ]").replace("\r", "\\r").replace("\n", "\\n")
