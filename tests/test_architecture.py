"""The house's walls: which folder may import which, no circle anywhere, no import of what is not installed, no file name twice.

Imports are read from the source, those inside functions and under TYPE_CHECKING too.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "itemwise"

# A folder (or file) of itemwise and what it may import of itemwise, from the ground up: all of it stands above. `itemwise` is the
# package itself: its names for users and its version.
ARROWS: Mapping[str, tuple[str, ...]] = {
    "extractors": (),
    "language": (),
    "import_string": (),
    "former_names": (),
    "cases": ("extractors", "language", "former_names"),
    "itemwise": ("cases",),
    "expressions": ("extractors", "cases", "language"),
    "models": ("extractors", "cases"),
    "replies": ("cases", "models"),
    "strategies": ("import_string", "cases", "models"),
    "instructions": ("language", "cases", "models"),
    "synthetic": ("former_names", "strategies"),
    "causes": ("extractors", "language", "cases", "strategies"),
    "results": ("cases", "itemwise", "models", "strategies", "causes"),
    "protocols": ("extractors", "cases", "expressions", "synthetic"),
    "analysis": ("extractors", "language", "import_string", "cases", "strategies", "results", "protocols"),
    "snapshots": ("language", "cases", "results", "analysis"),
    "gates": ("language", "cases", "results", "analysis"),
    "export": ("cases", "results"),
    "trackers": ("cases", "models", "results", "export"),
    "reporting": ("extractors", "language", "cases", "causes", "results", "analysis", "snapshots", "gates"),
    "engine": ("extractors", "cases", "models", "strategies", "results"),
    "session": (
        *("extractors", "language", "import_string", "cases", "replies", "models", "strategies", "results", "analysis", "snapshots"),
        *("gates", "protocols", "reporting", "engine", "trackers"),
    ),
    "inspect": ("models",),
    "plugin": ("language", "cases", "models", "replies", "strategies", "results", "snapshots", "reporting", "engine", "session"),
    "commands": (
        *("extractors", "language", "import_string", "cases", "models", "strategies", "results", "analysis", "gates", "export"),
        *("reporting", "session", "inspect", "trackers"),
    ),
    "__main__": ("language", "models", "results", "trackers", "commands"),
    "embedded": (),
}

UPWARD: Mapping[tuple[str, str], str] = {}  # arrows that run up, each with the reason: there is none

NOT_INSTALLED = {"benchmarks", "extractors", "tests", "tools", "training"}

Graph = Mapping[str, set[str]]


def modules() -> dict[str, Path]:
    """Every module of the package by its full name."""
    names = {".".join(file.relative_to(ROOT).with_suffix("").parts): file for file in PACKAGE.rglob("*.py")}
    return {name.removesuffix(".__init__"): file for name, file in names.items()}


MODULES = modules()


def named(file: Path) -> Iterable[str]:
    """All names that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{file}: imports are absolute here"
            for alias in node.names:
                yield f"{node.module}.{alias.name}" if f"{node.module}.{alias.name}" in MODULES else node.module


def folder(module: str) -> str:
    """The folder of a module, or the module where it stands at the top: ``itemwise.cases.row`` is of ``cases``."""
    return (*module.split("."), "itemwise")[1] if module != "itemwise" else "itemwise"


@pytest.fixture(scope="module")
def graph() -> Graph:
    """What each module imports of the package."""
    return {name: {other for other in named(file) if other in MODULES and other != name} for name, file in MODULES.items()}


@pytest.fixture(scope="module")
def arrows(graph: Graph) -> dict[str, set[str]]:
    """What each folder imports of the others."""
    found: dict[str, set[str]] = defaultdict(set)
    for module, others in graph.items():
        found[folder(module)] |= {folder(other) for other in others} - {folder(module)}
    return dict(found)


def circles(graph: Graph) -> list[list[str]]:
    """The names that lead to themselves: what is left when whatever imports nothing that is left is taken away, again and again, from
    both ends."""
    left = {name: set(others) for name, others in graph.items()}
    while True:
        imported = {other for others in left.values() for other in others}
        ends = {name for name, others in left.items() if not others & left.keys() or name not in imported}
        if not ends:
            return [sorted(left)] if left else []
        left = {name: others - ends for name, others in left.items() if name not in ends}


def test_folders_import_what_the_table_allows_and_nothing_else(arrows: dict[str, set[str]]) -> None:
    table = {name: {*below, *(other for this, other in UPWARD if this == name)} for name, below in ARROWS.items()}
    assert arrows == table


def test_the_arrows_of_the_table_run_down() -> None:
    floors = {name: floor for floor, name in enumerate(ARROWS)}
    assert {(name, other) for name, below in ARROWS.items() for other in below if floors[other] >= floors[name]} == set()
    assert all(reason.endswith(".") for reason in UPWARD.values())


def test_no_folders_import_each_other_in_a_circle(arrows: dict[str, set[str]]) -> None:
    assert circles(arrows) == []


def test_no_modules_import_each_other_in_a_circle_inside_functions_neither(graph: Graph) -> None:
    assert circles(graph) == []


@pytest.mark.parametrize("package", sorted({name for name in MODULES if MODULES[name].name == "__init__.py"}))
def test_within_a_folder_no_modules_and_folders_import_each_other_in_a_circle(graph: Graph, package: str) -> None:
    def inside(module: str) -> str:
        return module.removeprefix(f"{package}.").partition(".")[0] if module != package else ""

    found: dict[str, set[str]] = defaultdict(set)
    for module, others in graph.items():
        if module.startswith(f"{package}."):
            found[inside(module)] |= {inside(other) for other in others if other.startswith(f"{package}.")} - {inside(module)}
    assert circles(found) == []


def test_a_circle_is_seen() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}, "e": set()}) == [["b", "c"]]


def test_the_package_imports_nothing_that_is_not_installed_with_it() -> None:
    found = {name: {other for other in named(file) if other.partition(".")[0] in NOT_INSTALLED} for name, file in MODULES.items()}
    assert {name: others for name, others in found.items() if others} == {}


def test_the_plugin_imports_no_command_and_the_reports_no_engine(graph: Graph) -> None:
    assert {folder(other) for name, others in graph.items() if folder(name) == "plugin" for other in others}.isdisjoint({"commands"})
    reports = {folder(other) for name, others in graph.items() if folder(name) == "reporting" for other in others}
    assert reports.isdisjoint({"engine", "models", "session", "plugin"})


def test_no_file_name_stands_twice() -> None:
    names = Counter(file.name for file in PACKAGE.rglob("*.py") if file.name not in ("__init__.py", "__main__.py"))
    assert {name for name, count in names.items() if count > 1} == set()


def test_training_stands_on_the_package_and_the_benchmarks_alone() -> None:
    ours = {other.partition(".")[0] for file in (ROOT / "training").glob("*.py") for other in named(file)}
    assert ours & {"itemwise", *NOT_INSTALLED} == {"itemwise", "benchmarks", "training"}


# Modules without a test file of their name in the mirrored place, and the file or folder of tests/ that shows what they do.
TESTED_IN: Mapping[str, str] = {
    "itemwise.__main__": "commands/test_main.py",
    "itemwise.analysis.bits_per_byte": "analysis/test_perplexity_results.py",
    "itemwise.analysis.like_with_like": "commands/test_compare.py",
    "itemwise.analysis.merged_runs": "commands/test_merge.py",
    "itemwise.gates.decide": "gates/test_recovery_gate.py",
    "itemwise.plugin.case_lines": "plugin/test_controller.py",
    "itemwise.reporting.sections.repeats_section": "runs/test_repeat_runs.py",
    "itemwise.reporting.sections.scores_section": "runs/test_score_runs.py",
    "itemwise.analysis.paired_change": "analysis/test_gold_change.py",
    "itemwise.analysis.run_history": "commands/test_runs.py",
    "itemwise.protocols.boxes": "protocols/test_qwen_math_extractor.py",
    "itemwise.protocols.math_rows": "protocols/test_lm_eval_hendrycks_math500.py",
    "itemwise.cases.benchmark": "session/test_sample.py",
    "itemwise.cases.chat": "cases/test_case.py",
    "itemwise.cases.draw": "cases/test_source.py",
    "itemwise.cases.hub": "runs/test_hub_runs.py",
    "itemwise.cases.reads": "cases/test_split_files.py",
    "itemwise.cases.reply": "results/test_entry.py",
    "itemwise.cases.row": "cases/test_source.py",
    "itemwise.cases.same_question": "cases/test_examples.py",
    "itemwise.cases.surrogates": "cases/test_plain_data.py",
    "itemwise.cases.text_score": "strategies/test_perplexity.py",
    "itemwise.cases.reference_score": "strategies/test_reference.py",
    "itemwise.reporting.sections.reference_section": "analysis/test_reference_results.py",
    "itemwise.reporting.sections.perplexity_section": "analysis/test_perplexity_results.py",
    "itemwise.replies.given_reply": "replies/test_reply_file.py",
    "itemwise.replies.llava_answers": "replies/test_reply_file.py",
    "itemwise.replies.plain_jsonl": "replies/test_reply_file.py",
    "itemwise.replies.records": "replies/test_reply_file.py",
    "itemwise.replies.chat_completions": "replies/test_reply_file.py",
    "itemwise.replies.opencompass_predictions": "replies/test_reply_file.py",
    "itemwise.export.exported_task": "commands/test_export.py",
    "itemwise.export.to_csv": "commands/test_export.py",
    "itemwise.export.to_inspect": "commands/test_export.py",
    "itemwise.export.to_lm_eval": "commands/test_export.py",
    "itemwise.export.to_parquet": "commands/test_export.py",
    "itemwise.export.to_model_card": "commands/test_export.py",
    "itemwise.expressions.comparison": "expressions/test_same_expression.py",
    "itemwise.expressions.expression": "expressions/test_same_expression.py",
    "itemwise.expressions.expression_value": "expressions/test_same_expression.py",
    "itemwise.expressions.formula_parser": "expressions/test_same_expression.py",
    "itemwise.expressions.token_reader": "expressions/test_same_expression.py",
    "itemwise.expressions.latex_parser": "expressions/test_same_expression.py",
    "itemwise.expressions.latex_tokens": "expressions/test_same_expression.py",
    "itemwise.expressions.matrix_arithmetic": "expressions/test_same_expression.py",
    "itemwise.expressions.real_sets": "expressions/test_same_expression.py",
    "itemwise.expressions.spellings": "expressions/test_same_expression.py",
    "itemwise.expressions.units": "expressions/test_same_expression.py",
    "itemwise.engine.replica": "engine/test_replicas.py",
    "itemwise.engine.running_replicas": "engine/test_replicas.py",
    "itemwise.session.server_guard": "session/test_served.py",
    "itemwise.extractors.answer_field": "extractors/number/test_last_number.py",
    "itemwise.extractors.choice.implied_choice": "extractors/choice/test_stated_choice.py",
    "itemwise.extractors.choice.implied_text": "extractors/choice/test_choice_wordings.py",
    "itemwise.extractors.choice.match_letter": "extractors/choice/test_stated_choice.py",
    "itemwise.extractors.choice.match_option": "extractors/choice/test_stated_choice.py",
    "itemwise.extractors.choice.pointing": "extractors/choice/test_choice_wordings.py",
    "itemwise.extractors.choice.option_line": "extractors/choice/test_choice_wordings.py",
    "itemwise.extractors.choice.match_text": "extractors/choice/test_stated_choice.py",
    "itemwise.extractors.number.beside_number": "extractors/number/test_terms.py",
    "itemwise.extractors.number.listed_values": "extractors/number/test_announced_number.py",
    "itemwise.extractors.number.markup": "extractors/number/test_last_number.py",
    "itemwise.extractors.named_extractor": "analysis/test_named_extractors.py",
    "itemwise.extractors.number.narrowing": "extractors/number/test_last_number.py",
    "itemwise.extractors.number.number_phrase": "extractors/number/test_last_number.py",
    "itemwise.extractors.number.number_words": "extractors/number/test_last_number.py",
    "itemwise.extractors.number.numeral": "extractors/number/test_last_number.py",
    "itemwise.extractors.number.phrase_tokens": "extractors/number/test_last_number.py",
    "itemwise.extractors.number.vocabulary": "extractors/number/test_last_number.py",
    "itemwise.extractors.plain_characters": "extractors/number/test_last_number.py",
    "itemwise.extractors.reply_marks": "extractors/test_reply_parts.py",
    "itemwise.inspect.architecture": "inspect/test_shapes.py",
    "itemwise.inspect.counts": "inspect/test_shapes.py",
    "itemwise.inspect.footprint": "inspect/test_shapes.py",
    "itemwise.inspect.model_structure": "inspect/test_published.py",
    "itemwise.inspect.own_kernel": "models/local/test_linear_kernels.py",
    "itemwise.inspect.pixels": "inspect/test_shapes.py",
    "itemwise.inspect.tree": "inspect/test_shapes.py",
    "itemwise.instructions.casing": "instructions/test_followed.py",
    "itemwise.instructions.content": "instructions/test_followed.py",
    "itemwise.instructions.frame": "instructions/test_followed.py",
    "itemwise.instructions.instruction": "instructions/test_followed.py",
    "itemwise.instructions.keywords": "instructions/test_followed.py",
    "itemwise.instructions.layout": "instructions/test_followed.py",
    "itemwise.instructions.length": "instructions/test_followed.py",
    "itemwise.instructions.relation": "instructions/test_followed.py",
    "itemwise.models.checkpoint": "models/local/test_load.py",
    "itemwise.models.local.library_context": "models/local/test_load.py",
    "itemwise.models.local.loaded_checkpoint": "models/local/test_load.py",
    "itemwise.models.local.static_batch": "models/local/test_local_model.py",
    "itemwise.models.local.template_process": "models/local/test_chat_template.py",
    "itemwise.models.local.template_renderer": "models/local/test_chat_template.py",
    "itemwise.models.local.quantised_weights": "models/local/test_load.py",
    "itemwise.models.notice_log": "models/local/test_compute_speed.py",
    "itemwise.models.server.running_requests": "models/server/test_server_model.py",
    "itemwise.models.server.attempt_errors": "models/server/test_retry_policy.py",
    "itemwise.models.server.finish_reasons": "models/server/test_chat_completion.py",
    "itemwise.protocols.gsm8k_rows": "protocols/test_inspect_evals_gsm8k.py",
    "itemwise.protocols.lm_eval_gsm8k_cot": "protocols/test_lm_eval_gsm8k.py",
    "itemwise.protocols.lm_eval_gsm8k_cot_llama": "protocols/test_lm_eval_gsm8k.py",
    "itemwise.protocols.lm_eval_gsm8k_cot_zeroshot": "protocols/test_lm_eval_gsm8k.py",
    "itemwise.protocols.lm_eval_gsm8k_platinum": "protocols/test_lm_eval_gsm8k.py",
    "itemwise.protocols.lm_eval_arc_challenge": "protocols/test_lm_eval_choices.py",
    "itemwise.protocols.lm_eval_arc_easy": "protocols/test_lm_eval_choices.py",
    "itemwise.protocols.lm_eval_hellaswag": "protocols/test_lm_eval_choices.py",
    "itemwise.protocols.lm_eval_piqa": "protocols/test_lm_eval_choices.py",
    "itemwise.protocols.lm_eval_winogrande": "protocols/test_lm_eval_choices.py",
    "itemwise.protocols.llava_scienceqa": "protocols/test_scienceqa_rows.py",
    "itemwise.protocols.lmms_eval_scienceqa_img": "protocols/test_scienceqa_rows.py",
    "itemwise.protocols.qwen2_vl_scienceqa": "protocols/test_scienceqa_rows.py",
    "itemwise.protocols.vlmevalkit_scienceqa": "protocols/test_scienceqa_rows.py",
    "itemwise.protocols.protocol": "session/test_asked_protocol.py",
    "itemwise.reporting.writers.runs_html": "commands/test_runs.py",
    "itemwise.reporting.sections.baseline_section": "reporting/writers/test_comment.py",
    "itemwise.reporting.run_facts": "reporting/sections/test_every_writer.py",
    "itemwise.reporting.sections.comparison_sections": "reporting/writers/test_compare_html.py",
    "itemwise.strategies.strategy": "engine/test_engine.py",
    "itemwise.synthetic.held_out": "synthetic/test_templates.py",
    "itemwise.synthetic.pictures.animals": "synthetic/test_pictures.py",
    "itemwise.synthetic.pictures.canvas": "synthetic/test_pictures.py",
    "itemwise.synthetic.pictures.forces": "synthetic/test_pictures.py",
    "itemwise.synthetic.pictures.measuring": "synthetic/test_pictures.py",
    "itemwise.synthetic.pictures.nature": "synthetic/test_pictures.py",
    "itemwise.synthetic.pictures.scene": "synthetic/test_pictures.py",
    "itemwise.synthetic.pictures.science_pictures": "synthetic/test_pictures.py",
    "itemwise.synthetic.seen": "synthetic/test_templates.py",
    "itemwise.synthetic.template": "synthetic/test_templates.py",
    "itemwise.synthetic.words": "synthetic/test_templates.py",
}


def mirrored(file: Path) -> Path:
    """Where the tests of a module stand: ``tests/cases/test_row.py`` for ``itemwise/cases/row.py``."""
    return ROOT / "tests" / file.relative_to(PACKAGE).with_name(f"test_{file.name}")


def test_every_module_has_a_test_file_of_its_name_or_the_list_says_where_it_is_tested() -> None:
    without = {name for name, file in MODULES.items() if file.name != "__init__.py" and not mirrored(file).is_file()}
    assert without == set(TESTED_IN)
    assert {place for place in TESTED_IN.values() if not (ROOT / "tests" / place).is_file()} == set()
