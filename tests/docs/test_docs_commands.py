"""Every command, option, link and piece of code in the documentation, done where this machine can do it and checked where it cannot.

Commands are done in a folder with what a clone has and with the files that the pages themselves give. Samples are cut to SAMPLE cases.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Any

import datasets
import PIL.Image
import pytest

from itemwise.models.registry import EMBEDDED, REGISTRY, ModelEntry
from itemwise.session.cli_and_pyproject import OPTIONS
from itemwise.session.settings import read_settings
from itemwise.synthetic import science_pictures, word_problems
from tests.docs.command_runner import OLDEST
from tests.docs.pages import PAGES, PROGRAMS, ROOT, SHELL, Block, Command, all_commands, anchors, blocks, commands, links, prose

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SAMPLE = "4"
RUNNER = Path(__file__).with_name("command_runner.py")
COMMANDS = all_commands()
BLOCKS = [block for page in PAGES for block in blocks(page)]

# Commands that are not done, and why. Of those of pytest the cases are collected instead, of the tools the arguments are parsed, and of
# others the options, extras, targets and files are looked up.
NOT_DONE = {
    r"^\w+=\S+ .*--model (qwen|llama)|pytest .*--model (qwen|llama|llava|Qwen/|half-b|\./qwen)": "weights from the hub, and a GPU for most",
    r"pytest .*--source hub|pytest .*--(shots 8|protocol )": "rows from the hub",
    r"pytest .*--model http": "a server",
    r"itemwise export .*model-card": "made rows are no dataset of the hub",
    r"pytest .*--replies": "replies to all of the hub's rows",
    r"pytest .*--adapter (none|build/)": "an adapter that is trained before",
    r"python -m (tools|training)\.": "a measurement or a training of minutes, or a server",
    r"python -m itemwise .*\[--": "a summary of arguments",
    r"^hf ": "the hub",
    r"^pip ": "packages from an index; the tests run in an environment that has them",
    r"^(vllm|python -m vllm\S*|ray|ssh) ": "another program, and several GPUs or machines",
    r"^tensorboard ": "a server, of which the tests only have the reader",
    r"^tar ": "an archive to carry over, gigabytes of it",
    r"(baseline|compare) itemwise-baseline": "a file that test_ci_files saves as the page says, where it is done",
    r"merge shards/": "what other machines leave; tests/runs/test_shard_runs.py makes shards and merges them",
    r"^export ": "what it sets, it sets for the lines after it",
}
# What stands for something else in a command.
IN_PLACE_OF = {"MODEL": "embedded-text", "STRATEGY": "direct", "PROMPT": "json", "20261123-021401": OLDEST, "20261123-022340": "latest"}
# Options of other programs that the text names outside of their command lines.
FOREIGN = {
    "--generation-config": "vllm",
    "--enable-auto-tool-choice": "vllm",
    "--tool-call-parser": "vllm",
    "--served-model-name": "vllm",
    "--device": "transformers",
    "--data-parallel-backend": "vllm",
    "--override-generation-config": "vllm",
    "--reasoning-parser": "vllm",
    "--sampling-defaults": "SGLang",
    "--enable-strict-thinking": "SGLang",
    "--reasoning-budget": "llama-server",
    "--merge": "llama-gguf-split",
    "--head": "ray",
    "--port": "ray",
    "--address": "ray",
    "--noout": "xmllint",
    "--schema": "xmllint",
    "--junitxml": "pytest, which helps with --junit-xml",
    "--count": "pytest-repeat",
    "--reruns": "pytest-rerunfailures",
}


@dataclass(frozen=True)
class Done:
    status: int
    said: str


def reason(command: Command) -> str | None:
    """Why the command is not done here."""
    return next((why for pattern, why in NOT_DONE.items() if re.search(pattern, command.text)), None)


def is_done(command: Command) -> bool:
    return reason(command) is None


def rows_of(page: str) -> list[list[str]]:
    """The rows of a page's tables, cell by cell."""
    lines = (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("| ")]


TOOLS = ("python -m tools", "python -m training")
QUANTISATIONS = ("nf4", "int8", "none")
MEMORY = [row for row in rows_of("run-a-7b.md") if row[1].endswith("GiB")]
HELPS = {
    "pytest --help": {"kind": "pytest", "words": ["--help"], "folder": str(ROOT)},
    **{
        name: {"kind": "itemwise", "words": [name, "--help"], "folder": str(ROOT)}
        for name in (
            "show",
            "compare",
            "runs",
            "baseline",
            "merge",
            "extractors",
            "export",
            "log",
            "structure",
            "benchmarks",
            "copy-benchmarks",
        )
    },
}
ASKED_BESIDE = HELPS | {
    f"structure {name} {quant}": {"kind": "itemwise", "words": ["structure", name, "--quant", quant], "folder": str(ROOT)}
    for row in MEMORY
    for name in row[0].split(", ")
    for quant in QUANTISATIONS
}


def named(command: Command) -> str:
    return f"{command.page}: {command.text}"


def words_of(command: Command) -> list[str]:
    """The words behind the program, with what placeholders stand for."""
    words = command.words[3:] if command.program == "python -m itemwise" else command.words[1:]
    runs = [place for place, word in enumerate(words) if word.strip(".") == "RUN"]
    meant = {place: OLDEST if len(runs) > 1 and place == runs[0] else "latest" for place in runs}
    return [meant.get(place) or _in_place(word) for place, word in enumerate(words)]


def _in_place(word: str) -> str:
    for stands, meant in IN_PLACE_OF.items():
        word = re.sub(rf"\b{stands}\b", meant, word)
    return word


def sampled(words: list[str]) -> list[str]:
    """With a sample of SAMPLE cases, where the words do not ask for all of a file."""
    if "--sample" not in words:
        return [*words, "--sample", SAMPLE]
    place = words.index("--sample") + 1
    if words[place] == "all" and "--source" in words:
        return words
    return [*words[:place], SAMPLE, *words[place + 1 :]]


def collected(words: list[str]) -> list[str]:
    """The same cases collected and not asked, from made rows where they would come from the hub."""
    words = ["synthetic" if word == "hub" else word for word in words]
    asked = sampled(words)
    return [*asked, *(() if "--source" in words else ("--source", "synthetic")), "--collect-only", "-q"]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what a clone has, the files and models that the pages give, and rows and folders of the names that they use."""
    root = tmp_path_factory.mktemp("clone")
    shutil.copytree(ROOT / "benchmarks", root / "benchmarks", ignore=shutil.ignore_patterns("__pycache__"))
    for block in BLOCKS:
        if block.file and block.file not in ("README.md", "pyproject.toml"):
            (root / block.file).write_text(block.text, encoding="utf-8")
            leave_pictures(root, block)
    for folder in ("checkpoint", "qwen2.5-7b", "qwen2.5-coder-0.5b-instruct", "build/real/smollm2-135m-instruct"):
        shutil.copytree(EMBEDDED / "text", root / folder)
    (root / "qwen2.5-0.5b-instruct-q4_k_m.gguf").write_bytes(b"GGUF")
    leave_adapter(root / "my-lora")
    leave_adapter(root / "build" / "smollm2-gsm8k")
    (root / "gsm8k" / "main").mkdir(parents=True)
    for file, seed in ((root / "test.jsonl", 7), (root / "gsm8k" / "main" / "test.jsonl", 7), (root / "train.jsonl", 8)):
        problems = [{"question": row["question"], "answer": row["answer"]} for row in islice(word_problems(seed), int(SAMPLE))]
        file.write_text("".join(json.dumps(row) + "\n" for row in problems), encoding="utf-8")
    (root / "book.txt").write_text("A book has 194 pages. Anna reads 12 of them.\n", encoding="utf-8")
    (root / "mgsm").mkdir()
    for language in ("en", "zh"):
        (root / "mgsm" / f"mgsm_{language}.tsv").write_text(f"1+1 ({language})\t2\n", encoding="utf-8")
    pens = {"ID": "chal-1", "Body": "Mia has 9 pens", "Question": "How many pens has she?", "Answer": 9.0, "Type": "Subtraction"}
    (root / "svamp.jsonl").write_text(json.dumps(pens) + "\n", encoding="utf-8")
    pictures = [{name: row[name] for name in ("image", "question", "choices", "answer", "hint")} for row in islice(science_pictures(7), 3)]
    datasets.Dataset.from_list(pictures).cast_column("image", datasets.Image()).to_parquet(root / "rows.parquet")
    models = {name: entry for block in BLOCKS if block.language == "toml" for name, entry in models_in(block).items()}
    tables = [f"\n[tool.itemwise.models.{name}]\n" + settings(entry) for name, entry in models.items()]
    (root / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8") + "".join(tables), encoding="utf-8")
    return root


def leave_pictures(root: Path, block: Block) -> None:
    for image in re.findall(r'"image": "([^"]+)"', block.text):
        (root / image).parent.mkdir(exist_ok=True)
        PIL.Image.new("RGB", (56, 56), "red").save(root / image)


def leave_adapter(folder: Path) -> None:
    """What is looked at before a model is loaded: it is an adapter's folder, with weights that are never read here."""
    folder.mkdir()
    (folder / "adapter_config.json").write_text('{"peft_type": "LORA"}', encoding="utf-8")
    (folder / "adapter_model.safetensors").write_bytes(b"")


def models_in(block: Block) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = tomllib.loads(block.text)["tool"]["itemwise"].get("models", {})
    return found


def settings(entry: dict[str, Any]) -> str:
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in entry.items())


def job(command: Command, clone: Path) -> dict[str, Any] | None:
    """What is done for a command, or to check it; None where nothing can be."""
    if command.program in TOOLS:
        return {"kind": "tool", "words": list(command.words[2:]), "folder": str(ROOT)}
    words = words_of(command)
    if command.program == "pytest":
        return {"kind": "pytest", "words": sampled(words) if is_done(command) else collected(words), "folder": str(clone)}
    if command.program == "python -m itemwise" and is_done(command):
        return {"kind": "itemwise", "words": words, "folder": str(clone)}
    return None


@pytest.fixture(scope="module")
def done(clone: Path) -> dict[str, Done]:
    """What came of each command, and of what the tests below ask, in one process and with one store.

    A run that is held to a baseline comes after the same without one, and commands that look at runs last. The oldest run and the latest
    are of the same cases, so that they can be compared.
    """
    found = {command.text: wanted for command in COMMANDS if (wanted := job(command, clone)) and not alone(command)} | ASKED_BESIDE
    bench = {"kind": "pytest", "words": sampled(["benchmarks/"]), "folder": str(clone)}
    runs, looks = [[each for each in distinct(found) if (each["kind"] == "itemwise") == look] for look in (False, True)]
    jobs = [bench, *(each for run in runs for each in (*before(run), run)), bench, *looks]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    words = [sys.executable, str(RUNNER)]
    asked = subprocess.run(words, input=json.dumps(jobs), capture_output=True, text=True, env=environment, cwd=ROOT)
    assert asked.returncode == 0, asked.stderr
    results = [Done(**result) for result in json.loads(asked.stdout.splitlines()[-1])]
    return {text: results[jobs.index(wanted)] for text, wanted in found.items()}


def before(run: dict[str, Any]) -> list[dict[str, Any]]:
    """The run that a run's baseline is: the same without it."""
    words = run["words"]
    if "--baseline" not in words or not {"latest", "RUN"} & set(words):
        return []
    place = words.index("--baseline")
    return [run | {"words": [*words[:place], *words[place + 2 :]]}]


def distinct(found: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Each job once: with so small a sample many commands come to the same."""
    return list({json.dumps(wanted): wanted for wanted in found.values()}.values())


def alone(command: Command) -> bool:
    """Whether it sets variables that libraries read when they are imported, and is done: it has a process of its own."""
    return bool(command.variables) and is_done(command)


def test_pages_hold_commands_of_every_known_program() -> None:
    assert {command.words[0] for command in COMMANDS} <= set(PROGRAMS)
    assert len(COMMANDS) > 60


@pytest.mark.parametrize("pattern", NOT_DONE)
def test_each_reason_for_not_doing_a_command_is_needed(pattern: str) -> None:
    assert any(re.search(pattern, command.text) for command in COMMANDS)


@pytest.mark.parametrize("stands", IN_PLACE_OF)
def test_each_placeholder_stands_in_a_command(stands: str) -> None:
    assert any(re.search(rf"\b{stands}\b", command.text) for command in COMMANDS)


RUN = [command for command in COMMANDS if is_done(command) and not alone(command)]
GATED = [command for command in RUN if "--fail-under" in command.words or "--baseline" in command.words]


@pytest.mark.parametrize("command", [command for command in RUN if command not in GATED], ids=named)
def test_a_command_does_what_it_says(done: dict[str, Done], command: Command) -> None:
    assert done[command.text].status == 0, done[command.text].said


@pytest.mark.parametrize("command", GATED, ids=named)
def test_a_gate_is_decided(done: dict[str, Done], command: Command) -> None:
    found = done[command.text]
    decided = re.search("^gate .*: (passed|missed) with", found.said, flags=re.MULTILINE)
    assert decided, found.said
    assert found.status == (0 if decided[1] == "passed" else 1)


@pytest.mark.parametrize("command", [command for command in COMMANDS if alone(command)], ids=named)
def test_a_command_with_variables_does_what_it_says(clone: Path, done: dict[str, Done], command: Command) -> None:
    environment = os.environ | command.variables | {"PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "pytest", *sampled(words_of(command))]
    asked = subprocess.run(words, cwd=clone, env=environment, capture_output=True, text=True, timeout=600)
    assert asked.returncode == 0, asked.stdout + asked.stderr


COLLECTED = [command for command in COMMANDS if command.program == "pytest" and not is_done(command)]


@pytest.mark.parametrize("command", COLLECTED, ids=named)
def test_a_command_for_another_machine_finds_its_cases(done: dict[str, Done], command: Command) -> None:
    assert done[command.text].status == 0, done[command.text].said
    assert "test_" in done[command.text].said


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.program in TOOLS], ids=named)
def test_a_tool_takes_its_arguments(done: dict[str, Done], command: Command) -> None:
    assert done[command.text].status == 0, done[command.text].said


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.program == "pip"], ids=named)
def test_what_pip_is_given_is_there(command: Command) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for extras in re.findall(r"\[([\w,]+)\]", command.text):
        assert set(extras.split(",")) <= set(project["optional-dependencies"])
    for name in re.findall(r"(?<![\w-])[a-z]+-itemwise", command.text):
        assert name == project["name"]
    for file in re.findall(r"-c (\S+)", command.text):
        assert (ROOT / file).is_file()


def test_no_message_or_page_installs_from_an_index_what_is_on_none() -> None:
    name = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["name"]
    texts = {path: path.read_text(encoding="utf-8") for path in [*PAGES, ROOT / "CHANGELOG.md", *(ROOT / "itemwise").rglob("*.py")]}
    wanted = re.compile(rf"pip install (?!--no-index)[\"']?{name}(?!\S* @ )")
    assert {path.name: found[0] for path, text in texts.items() if (found := wanted.search(text))} == {}


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.program == "hf"], ids=named)
def test_hf_has_the_command_and_its_options(command: Command) -> None:
    path = [word for word in command.words[1:3] if word.isalpha()]
    shown = subprocess.run([str(Path(sys.executable).with_name("hf")), *path, "--help"], capture_output=True, text=True, timeout=600)
    assert shown.returncode == 0, shown.stderr
    assert {word for word in command.words if word.startswith("--")} <= options_in(shown.stdout)


def test_every_make_target_that_pages_name_exists() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    wanted = {target for page in PAGES for target in re.findall(r"`make (\w+)`", page.read_text(encoding="utf-8"))}
    assert wanted
    assert wanted <= targets


def options_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*", text))


@pytest.fixture(scope="module")
def known_options(done: dict[str, Done]) -> set[str]:
    """The options of pytest with its plugins, of our commands and tools."""
    tools = [file.read_text(encoding="utf-8") for folder in ("tools", "training") for file in (ROOT / folder).glob("*.py")]
    of_tools = {option for text in tools for option in re.findall(r'"(--[a-z-]+)"', text)}
    return of_tools.union(*(options_in(done[text].said) for text in HELPS))


OWN = ("pytest", "python -m itemwise", "python -m tools")
ELSEWHERE = {option for command in COMMANDS if command.program not in OWN for option in options_in(command.text)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_option_that_a_page_names_exists(known_options: set[str], page: Path) -> None:
    assert options_in(page.read_text(encoding="utf-8")) - known_options - ELSEWHERE - set(FOREIGN) == set()


@pytest.mark.parametrize("option", FOREIGN)
def test_each_option_of_another_program_is_named_somewhere(option: str) -> None:
    assert any(option in options_in(page.read_text(encoding="utf-8")) for page in PAGES)


LINKS = [(page, link) for page in PAGES for link in links(page)]


@pytest.mark.parametrize(("page", "link"), LINKS, ids=[f"{page.name}: {link}" for page, link in LINKS])
def test_a_link_leads_somewhere(page: Path, link: str) -> None:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    assert target.is_file()
    assert not anchor or anchor in anchors(target)


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "python"], ids=lambda block: f"{block.page}:{block.line}")
def test_python_is_whole_and_used(block: Block) -> None:
    ast.parse(block.text)
    if block.file:
        name = Path(block.file).stem
        assert any(re.search(rf"\b{name}\b", command.text) for command in RUN), f"no command runs {block.file}"


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "toml"], ids=lambda block: f"{block.page}:{block.line}")
def test_settings_are_accepted(tmp_path: Path, block: Block) -> None:
    leave_adapter(tmp_path / "my-lora")
    (tmp_path / "pyproject.toml").write_text(block.text, encoding="utf-8")
    for name in models_in(block):
        assert [entry.name for entry in read_settings({"model": [name]}, root=tmp_path, here=tmp_path).models] == [name]
    assert read_settings({}, root=tmp_path, here=tmp_path)


def test_every_block_of_shell_has_commands() -> None:
    for block in BLOCKS:
        assert block.language not in SHELL or block.text.split()[0] in (*PROGRAMS, "$", "#")


def test_the_page_of_options_has_them_all_with_their_defaults() -> None:
    rows = {option: row for row in rows_of("options.md") for option in re.findall("`--([a-z-]+)`", row[0])}
    assert list(rows) == [option.name for option in OPTIONS]
    for option in OPTIONS:
        if option.default not in (None, [], False):
            assert str(option.default[0] if option.many else option.default) in rows[option.name][2], option.name


def test_the_page_of_models_has_all_names_and_all_settings() -> None:
    sentence = prose(ROOT / "docs" / "adding-a-model.md").partition("The registered names are ")[2].partition("\n\n")[0]
    assert re.findall(r"`([\w.-]+)`", sentence) == list(REGISTRY)
    known = {name for row in rows_of("adding-a-model.md") for name in re.findall("`([a-z_]+)`", row[0])}
    elsewhere = {"name", "local", "gguf", "server", "userinfo", "quantisation", "compute", "replies"}  # by the location, and by options
    assert known >= {each.name for each in fields(ModelEntry)} - elsewhere


@pytest.mark.parametrize("row", MEMORY, ids=lambda row: row[0])
def test_the_memory_of_7b_models_is_what_structure_tells(done: dict[str, Done], row: list[str]) -> None:
    for name in row[0].split(", "):
        for quant, memory in zip(QUANTISATIONS, row[1:4], strict=True):
            told = done[f"structure {name} {quant}"].said
            assert f" bytes ({memory})" in told
            assert f"KV cache    {row[4]} per token" in told


def test_the_index_names_every_page() -> None:
    named = {link.partition("#")[0] for link in links(ROOT / "docs" / "README.md")}
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"} <= named


def test_both_readmes_give_the_same_commands_and_output() -> None:
    english, chinese = ROOT / "README.md", ROOT / "README.zh-CN.md"
    assert [block.text for block in blocks(english)] == [block.text for block in blocks(chinese)]
    lines = [[command.text for command in commands(page) if command.program != "export"] for page in (english, chinese)]
    assert lines[0] == lines[1]
    assert set(links(english)) - {chinese.name} == set(links(chinese)) - {english.name}
