"""A LoRA that peft wrote goes on top of a model, quantised or not, and makes it a model of its own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import bitsandbytes
import peft
import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file

from itemwise.cases.chat import Turn
from itemwise.models import REGISTRY, LoadOptions, ModelEntry, ModelError, ModelUnavailableError, Request
from itemwise.models.checkpoint import adapter_hash
from itemwise.models.extras import install_hint
from itemwise.models.identity import identity_of
from itemwise.models.local.load import LocalModel, load, model_class
from itemwise.models.registry import with_adapter
from tests.models.checkpoints import make_checkpoint, overwrite

pytestmark = pytest.mark.usefixtures("one_thread")

BASE = REGISTRY["embedded-text"]
LIMIT = 16
PROMPTS = [f"Ana has {n} apples and buys {3 * n + 1} more. How many apples has she{' now' * (n % 3)}?" for n in range(2, 10)]


def save_adapter(folder: Path, config: Any, *, base: Path = Path(BASE.location), spread: float = 0.1, seed: int = 0) -> Path:
    """An adapter as peft writes it, its trained weights drawn at random: `spread` 0 leaves it as it is before training."""
    torch.manual_seed(seed)
    model = model_class(transformers.AutoConfig.from_pretrained(base)).from_pretrained(base, dtype=torch.float32)
    with warnings.catch_warnings():  # peft's, about training
        warnings.simplefilter("ignore")
        adapted = peft.get_peft_model(model, config)
        for parameter in adapted.parameters():
            if parameter.requires_grad:
                parameter.data += spread * torch.randn_like(parameter)
        adapted.save_pretrained(str(folder))
    return folder


def lora(**settings: Any) -> Any:
    return peft.LoraConfig(r=4, task_type="CAUSAL_LM", **{"target_modules": ["q_proj", "v_proj", "down_proj"], **settings})


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A LoRA on the embedded model; nobody may change it."""
    return save_adapter(tmp_path_factory.mktemp("adapters") / "step-900", lora())


@pytest.fixture
def copied_adapter(adapter: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(adapter, tmp_path / "copied"))


@cache
def loaded(folder: Path | None, quantisation: str = "none") -> LocalModel:
    return load(with_adapter(BASE, folder) if folder else BASE, LoadOptions(quantisation, LIMIT))


def replies(model: LocalModel) -> list[str]:
    return [generation.text for generation in model.generate([Request((Turn("user", prompt),)) for prompt in PROMPTS])]


def identity(entry: ModelEntry) -> dict[str, str]:
    return identity_of(entry, LoadOptions("nf4", LIMIT))


def refused(folder: Path, entry: ModelEntry = BASE, quantisation: str = "none") -> str:
    with pytest.raises(ModelError) as caught:
        load(with_adapter(entry, folder), LoadOptions(quantisation, LIMIT))
    return str(caught.value)


# Names


def test_a_model_with_an_adapter_is_called_by_both(adapter: Path) -> None:
    entry = with_adapter(BASE, adapter)
    assert entry == replace(BASE, name="embedded-text+step-900", adapter=str(adapter))


def test_an_adapter_is_called_by_its_folder_however_that_is_given(adapter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(adapter)
    assert with_adapter(BASE, Path(".")) == with_adapter(BASE, adapter / ".." / "step-900") == with_adapter(BASE, adapter)


def test_a_second_adapter_is_refused(adapter: Path) -> None:
    with pytest.raises(ModelError, match=r"embedded-text\+step-900 has an adapter already .* name its base as --model"):
        with_adapter(with_adapter(BASE, adapter), adapter)


def test_an_adapter_is_named_and_known_without_torch_or_peft(adapter: Path) -> None:
    script = f"""
import sys
from pathlib import Path
from itemwise.models import LoadOptions
from itemwise.models.identity import identity_of
from itemwise.models.registry import REGISTRY, with_adapter
identity_of(with_adapter(REGISTRY["embedded-text"], Path({str(adapter)!r})), LoadOptions("nf4", 8))
print(sorted({{"torch", "peft"}} & set(sys.modules)))
"""
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True, timeout=600).stdout
    assert said.strip() == "[]"


# Text


@pytest.mark.parametrize("quantisation", ["none", "nf4", "int8"])
def test_an_adapter_changes_replies(adapter: Path, quantisation: str) -> None:
    assert replies(loaded(adapter, quantisation)) != replies(loaded(None, quantisation))


@pytest.mark.parametrize("quantisation", ["none", "nf4"])
def test_an_adapter_before_its_training_changes_nothing(tmp_path: Path, quantisation: str) -> None:
    untrained = save_adapter(tmp_path / "untrained", lora(), spread=0)
    assert replies(loaded(untrained, quantisation)) == replies(loaded(None, quantisation))


@pytest.mark.filterwarnings("ignore:Model (has|with):UserWarning")  # peft's, about merging into tied layers
@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing:FutureWarning")  # transformers', about peft
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"lora_dropout": 0.5},
        {"use_dora": True},
        {"modules_to_save": ["lm_head"]},
        {"target_modules": "all-linear"},
        {"target_modules": ["embed_tokens"]},
    ],
    ids=str,
)
def test_the_model_computes_what_peft_itself_does(tmp_path: Path, settings: dict[str, Any]) -> None:
    folder = save_adapter(tmp_path / "lora", lora(**settings))
    base = transformers.AutoModelForCausalLM.from_pretrained(BASE.location, dtype=torch.float32)
    ids = torch.arange(2, 34).reshape(2, 16)
    with torch.inference_mode():
        expected = peft.PeftModel.from_pretrained(base, str(folder)).eval()(input_ids=ids).logits
        found = load(with_adapter(BASE, folder), LoadOptions("none", 8)).checkpoint.model(ids).logits
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-4)  # products are summed in another order


@pytest.mark.parametrize("quantisation", ["none", "nf4"])
def test_the_text_does_not_depend_on_the_batch(adapter: Path, quantisation: str) -> None:
    model = loaded(adapter, quantisation)
    alone = [model.generate([Request((Turn("user", prompt),))])[0].text for prompt in PROMPTS]
    assert alone == replies(model)


def test_weights_saved_in_half_precision_compute_in_float32(copied_adapter: Path) -> None:
    file = copied_adapter / "adapter_model.safetensors"
    save_file({name: weight.to(torch.bfloat16) for name, weight in load_file(file).items()}, file)
    model = load(with_adapter(BASE, copied_adapter), LoadOptions("nf4", LIMIT))
    assert {weight.dtype for name, weight in model.checkpoint.model.named_parameters() if "lora_" in name} == {torch.float32}


def test_four_bit_layers_under_an_adapter_compute_in_float32_on_every_cpu(adapter: Path) -> None:
    linear = [module for module in loaded(adapter, "nf4").checkpoint.model.modules() if isinstance(module, bitsandbytes.nn.Linear4bit)]
    assert len(linear) == 4 * 7  # of every layer: query, key, value, output, gate, up, down
    assert not any(layer.support_avx512bf16_for_cpu for layer in linear)
    assert {layer.compute_dtype for layer in linear} == {torch.float32}


def test_the_model_is_still_the_one_that_transformers_made(adapter: Path) -> None:
    model = loaded(adapter, "nf4")
    assert type(model.checkpoint.model).__name__ == "Qwen2ForCausalLM"
    assert not model.checkpoint.model.training
    assert (model.describe()["model"], model.describe()["dtype"]) == ("embedded-text+step-900", "float32")


def test_another_kind_of_adapter_that_changes_layers_works(tmp_path: Path) -> None:
    config = peft.IA3Config(task_type="CAUSAL_LM", target_modules=["k_proj", "v_proj"], feedforward_modules=[])
    folder = save_adapter(tmp_path / "ia3", config, spread=1)
    assert replies(load(with_adapter(BASE, folder), LoadOptions("nf4", LIMIT))) != replies(loaded(None, "nf4"))


def test_a_model_that_also_sees_may_have_an_adapter(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    entry = ModelEntry("qwen2_vl", str(checkpoint("qwen2_vl")), local=True)
    folder = save_adapter(tmp_path / "lora", lora(), base=checkpoint("qwen2_vl"))
    models = [load(each, LoadOptions("nf4", 8)) for each in (entry, with_adapter(entry, folder))]
    assert replies(models[0]) != replies(models[1])


def test_an_adapter_beside_a_model_is_no_part_of_it_whether_or_not_peft_is_installed(adapter: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(BASE.location, tmp_path / "both"))
    shutil.copytree(adapter, folder, dirs_exist_ok=True)
    both = load(ModelEntry("both", str(folder), local=True), LoadOptions("nf4", LIMIT))
    assert replies(both) == replies(loaded(None, "nf4"))


def test_loading_an_adapter_and_asking_print_and_warn_of_nothing(
    adapter: Path, capfd: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    replies(load(with_adapter(BASE, adapter), LoadOptions("nf4", 8)))
    assert ("".join(capfd.readouterr()), [str(warning.message) for warning in recwarn]) == ("", [])


# What the model is


def test_without_an_adapter_a_model_is_what_it_was() -> None:
    assert "adapter" not in identity(BASE)
    assert "peft" not in identity(BASE)["versions"]


def test_an_adapter_is_part_of_what_the_model_is(adapter: Path) -> None:
    found = identity(with_adapter(BASE, adapter))
    assert found["adapter"] == adapter_hash(adapter)
    assert found["versions"].endswith(f", peft {peft.__version__}")
    assert {name: found[name] for name in found if name not in ("adapter", "versions")} == {
        name: value for name, value in identity(BASE).items() if name != "versions"
    }


@pytest.mark.parametrize("name", ["adapter_config.json", "adapter_model.safetensors"])
def test_an_adapter_that_differs_in_one_file_is_another(adapter: Path, copied_adapter: Path, name: str) -> None:
    (copied_adapter / name).write_bytes((copied_adapter / name).read_bytes() + b" ")
    assert adapter_hash(copied_adapter) != adapter_hash(adapter)


def test_an_adapter_is_the_same_wherever_it_lies_and_whatever_lies_beside_it(adapter: Path, copied_adapter: Path) -> None:
    (copied_adapter / "README.md").write_text("a card")
    assert identity(with_adapter(BASE, copied_adapter)) == identity(with_adapter(BASE, adapter))


def test_an_adapter_that_is_gone_stops_the_run_before_anything_is_loaded(copied_adapter: Path) -> None:
    entry = with_adapter(BASE, copied_adapter)
    shutil.rmtree(copied_adapter)
    with pytest.raises(ModelUnavailableError, match=r"the adapter .*copied is not there: no such folder"):
        identity(entry)


def test_what_was_asked_with_an_adapter_can_be_known_where_peft_is_not_installed(adapter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def installed(name: str) -> str:
        if name == "peft":
            raise PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr("itemwise.models.identity.version", installed)
    assert identity(with_adapter(BASE, adapter))["versions"] == "transformers 1.0, torch 1.0, bitsandbytes 1.0"


# What is no adapter


def pickled(folder: Path) -> None:
    (folder / "adapter_model.safetensors").unlink()
    torch.save({}, folder / "adapter_model.bin")


NO_ADAPTERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no folder": (shutil.rmtree, "is not there: no such folder; give the one that peft's save_pretrained wrote."),
    "no config": (lambda folder: (folder / "adapter_config.json").unlink(), "holds no adapter_config.json; give the folder that peft's"),
    "no weights": (
        lambda folder: (folder / "adapter_model.safetensors").unlink(),
        "has no weights: it holds no adapter_model.safetensors.",
    ),
    "pickled weights": (pickled, "only adapter_model.bin. Pickled weights can run code and are not loaded: convert them with peft's"),
    "config is no JSON": (lambda folder: (folder / "adapter_config.json").write_text("{"), "is damaged: adapter_config.json is no JSON ("),
    "config is no text": (lambda folder: (folder / "adapter_config.json").write_bytes(b"\xff"), "adapter_config.json is no JSON ("),
    "config of something else": (lambda folder: (folder / "adapter_config.json").write_text("{}"), "adapter_config.json has no peft_type"),
    "config is a list": (lambda folder: (folder / "adapter_config.json").write_text("[]"), "adapter_config.json has no peft_type"),
}


@pytest.mark.parametrize("fault", NO_ADAPTERS)
def test_a_folder_that_is_no_adapter_is_refused_where_it_is_named(copied_adapter: Path, fault: str) -> None:
    breaks, expected = NO_ADAPTERS[fault]
    breaks(copied_adapter)
    with pytest.raises(ModelError) as caught:
        with_adapter(BASE, copied_adapter)
    assert str(caught.value).startswith(f"the adapter {copied_adapter} ")
    assert expected in str(caught.value)


# What cannot be loaded


def test_without_peft_the_error_says_what_to_install(adapter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "peft", None)
    message = refused(adapter)
    assert message.startswith("embedded-text+step-900 has an adapter, which needs peft (")
    assert message.endswith(f"{install_hint('adapter')}.")


@pytest.mark.parametrize("quantisation", ["none", "nf4"])
def test_an_adapter_for_a_model_of_another_size_is_refused_with_the_model_it_was_made_for(
    adapter: Path, checkpoint: Callable[..., Path], quantisation: str
) -> None:
    message = refused(adapter, ModelEntry("qwen2", str(checkpoint()), local=True), quantisation)
    assert message.startswith(f"the adapter {adapter} does not fit {checkpoint()} (")
    assert "the model has no place for its" in message or "size mismatch for" in message
    assert f"It was made for {BASE.location}: ask it on top of that" in message
    assert ("--quant none" in message) == (quantisation == "nf4")


def test_an_adapter_for_another_architecture_is_refused(adapter: Path, checkpoint: Callable[..., Path], copied_adapter: Path) -> None:
    overwrite(copied_adapter, "adapter_config.json", {"target_modules": ["c_attn"], "base_model_name_or_path": "openai-community/gpt2"})
    message = refused(copied_adapter, ModelEntry("llama", str(checkpoint("llama")), local=True))
    assert "c_attn" in message
    assert "not found in the base model" in message
    assert "It was made for openai-community/gpt2" in message


def test_an_adapter_for_fewer_layers_is_refused(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    folder = save_adapter(tmp_path / "short", lora(), base=checkpoint())
    deeper = make_checkpoint(tmp_path / "deeper", num_hidden_layers=3)
    assert "(it lacks base_model.model.model.layers.2." in refused(folder, ModelEntry("deeper", str(deeper), local=True))


def test_an_adapter_for_more_layers_is_refused(checkpoint: Callable[..., Path], tmp_path: Path) -> None:
    folder = save_adapter(tmp_path / "long", lora(), base=checkpoint())
    shallower = make_checkpoint(tmp_path / "shallower", num_hidden_layers=1)
    message = refused(folder, ModelEntry("shallower", str(shallower), local=True))
    assert "(the model has no place for its base_model.model.model.layers.1." in message


@pytest.mark.parametrize("quantisation", ["none", "nf4"])
@pytest.mark.parametrize("part", ["lora_A", "lora_B"])
def test_missing_adapter_weights_are_not_made_up(copied_adapter: Path, part: str, quantisation: str) -> None:
    file = copied_adapter / "adapter_model.safetensors"
    weights = load_file(file)
    missing = next(name for name in weights if part in name)
    del weights[missing]
    save_file(weights, file)
    assert f"(it lacks {missing.removesuffix('.weight')}." in refused(copied_adapter, quantisation=quantisation)


def test_adapter_weights_with_no_place_in_the_model_are_not_left_out(copied_adapter: Path) -> None:
    file = copied_adapter / "adapter_model.safetensors"
    save_file({**load_file(file), "base_model.model.model.layers.0.self_attn.o_proj.lora_A.weight": torch.zeros(4, 256)}, file)
    assert "no place for its base_model.model.model.layers.0.self_attn.o_proj.lora_A" in refused(copied_adapter)


def test_adapter_weights_cut_short_are_refused(copied_adapter: Path) -> None:
    file = copied_adapter / "adapter_model.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    assert "check that the folder is whole." in refused(copied_adapter)


def test_a_kind_that_peft_does_not_know_is_refused(copied_adapter: Path) -> None:
    overwrite(copied_adapter, "adapter_config.json", {"peft_type": "UNHEARD_OF"})
    message = refused(copied_adapter)
    assert message.startswith(f"the adapter {copied_adapter} cannot be read by peft {peft.__version__} (KeyError: 'UNHEARD_OF')")


@pytest.mark.parametrize(
    ("config", "kind"),
    [
        (peft.PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=4), "PROMPT_TUNING"),
        (peft.PrefixTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=4), "PREFIX_TUNING"),
        (lora(alora_invocation_tokens=[3]), "aLoRA"),
    ],
    ids=["prompt", "prefix", "alora"],
)
def test_an_adapter_that_would_be_left_out_without_a_word_is_refused(tmp_path: Path, config: Any, kind: str) -> None:
    assert f"is of the kind {kind}, which is more than changed layers" in refused(save_adapter(tmp_path / "other", config))


def test_the_hub_is_never_asked_for_an_adapter_or_its_base(copied_adapter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    overwrite(copied_adapter, "adapter_config.json", {"base_model_name_or_path": "owner/private", "revision": "gone"})
    called: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *where, **options: called.append(where))
    load(with_adapter(BASE, copied_adapter), LoadOptions("nf4", LIMIT))
    assert called == []
