"""Models of 2026 on the Hugging Face hub, by the names of their repositories: a table, with how sure each id is.

No id was tried on the hub, so none has a pinned revision; a run records the commit that it found.
"""

from dataclasses import dataclass, replace

from itemwise.models.model import ModelEntry

__all__ = ["HUB_MODELS", "HubModel", "hub_model", "hub_note"]

TRANSFORMERS, MAKERS, OTHERS = "transformers 5.24", "its makers' pages", "other projects only"


@dataclass(frozen=True)
class HubModel:
    """A repository on the hub and what a user should know of it before a download.

    `id_from` is where the id was read. `gated` is ``yes``, ``no`` or ``?``. `thinks` is what its chat template does unless it is told
    otherwise: ``on``, ``off`` (it can be told to), ``always``, ``no``, or ``?``. `remark` is what else stands in the way.
    """

    location: str
    id_from: str
    thinks: str = "no"
    gated: str = "no"
    sees: bool = False
    remark: str = ""

    @property
    def name(self) -> str:
        """The name in the registry: the repository's, in small letters."""
        return self.location.split("/")[1].lower()

    @property
    def is_confirmed(self) -> bool:
        """Whether the id was read where those who make it or load it name it."""
        return self.id_from != OTHERS

    @property
    def entry(self) -> ModelEntry:
        """The registry's entry."""
        return ModelEntry(self.name, self.location)


_VISION = HubModel("", "", sees=True)
_QWEN_35 = HubModel("", OTHERS, thinks="?", sees=True, remark="recurrent state in 3 of 4 layers")
_GEMMA_4 = HubModel("", TRANSFORMERS, thinks="off", gated="?", sees=True)

HUB_MODELS: tuple[HubModel, ...] = (
    HubModel("Qwen/Qwen3-0.6B", OTHERS, thinks="on"),
    HubModel("Qwen/Qwen3-4B", OTHERS, thinks="on"),
    HubModel("Qwen/Qwen3-8B", TRANSFORMERS, thinks="on"),
    HubModel("Qwen/Qwen3-4B-Instruct-2507", MAKERS),
    replace(_QWEN_35, location="Qwen/Qwen3.5-0.8B"),
    replace(_QWEN_35, location="Qwen/Qwen3.5-2B"),
    replace(_QWEN_35, location="Qwen/Qwen3.5-4B"),
    replace(_QWEN_35, location="Qwen/Qwen3.5-9B"),
    replace(_VISION, location="Qwen/Qwen3-VL-4B-Instruct", id_from=TRANSFORMERS),
    replace(_VISION, location="Qwen/Qwen3-VL-8B-Instruct", id_from=TRANSFORMERS),
    replace(_GEMMA_4, location="google/gemma-4-E2B-it"),
    replace(_GEMMA_4, location="google/gemma-4-E4B-it", id_from=OTHERS),
    replace(_GEMMA_4, location="google/gemma-4-12B-it"),
    HubModel("mistralai/Ministral-3-8B-Instruct-2512", OTHERS, gated="?", sees=True, remark="FP8: --quant none"),
    HubModel("HuggingFaceTB/SmolLM3-3B", TRANSFORMERS, thinks="on"),
    HubModel("allenai/Olmo-3-7B-Instruct", TRANSFORMERS),
    HubModel("LiquidAI/LFM2-1.2B", TRANSFORMERS, remark="recurrent state"),
    HubModel("LiquidAI/LFM2-8B-A1B", TRANSFORMERS, remark="recurrent state"),
    HubModel("LiquidAI/LFM3-1.7B", TRANSFORMERS, thinks="?", remark="recurrent state"),
    HubModel("ibm-granite/granite-4.0-h-tiny", TRANSFORMERS, thinks="off", remark="recurrent state"),
    HubModel("meta-llama/Llama-3.1-8B-Instruct", OTHERS, gated="yes"),
    HubModel("meta-llama/Llama-3.2-1B-Instruct", OTHERS, gated="yes"),
    HubModel("meta-llama/Llama-3.2-3B-Instruct", OTHERS, gated="yes"),
    HubModel("openai/gpt-oss-20b", TRANSFORMERS, thinks="always", remark="MXFP4: --quant none"),
    HubModel("microsoft/Phi-4-mini-instruct", OTHERS),
    HubModel("tiiuae/Falcon-H1-1.5B-Deep-Instruct", TRANSFORMERS, remark="recurrent state"),
    replace(_VISION, location="HuggingFaceTB/SmolVLM2-2.2B-Instruct", id_from=TRANSFORMERS),
    replace(_VISION, location="OpenGVLab/InternVL3-1B-hf", id_from=TRANSFORMERS),
    replace(_VISION, location="OpenGVLab/InternVL3_5-8B-HF", id_from=MAKERS, thinks="?"),
    replace(_VISION, location="LiquidAI/LFM2-VL-1.6B", id_from=TRANSFORMERS, remark="recurrent state"),
    replace(_VISION, location="LiquidAI/LFM3-VL-2B", id_from=TRANSFORMERS, thinks="?", remark="recurrent state"),
    replace(_VISION, location="openbmb/MiniCPM-V-4.7-1B", id_from=TRANSFORMERS, thinks="?"),
    replace(_VISION, location="allenai/Molmo2-8B", id_from=TRANSFORMERS),
)


def hub_model(entry: ModelEntry) -> HubModel | None:
    """What is known of `entry`'s repository; None for a folder, a server or another repository."""
    return None if entry.local or entry.server else next((known for known in HUB_MODELS if known.location == entry.location), None)


def hub_note(entry: ModelEntry) -> str:
    """What may be wrong with the id of `entry`, or keep it from being downloaded, as sentences; empty where nothing is known."""
    known = hub_model(entry)
    if known is None:
        return ""
    doubt = f" The id {known.location} is unconfirmed: it was read in {known.id_from}, never tried on the hub."
    gate = f" {known.location} is gated: accept its terms on the hub and log in (hf auth login)."
    return doubt * (not known.is_confirmed) + gate * (known.gated == "yes")
