"""Models of 2026 by name: where their ids were read, and what is said where one cannot be had."""

from __future__ import annotations

import pytest

from itemwise.models import REGISTRY, ModelEntry
from itemwise.models.catalogue import HUB_MODELS, HubModel, hub_model, hub_note


@pytest.mark.parametrize("model", HUB_MODELS, ids=lambda model: model.name)
def test_each_is_registered_by_the_name_of_its_repository_and_unpinned(model: HubModel) -> None:
    assert REGISTRY[model.name] == ModelEntry(model.location.split("/")[1].lower(), model.location)
    assert (model.thinks in ("on", "off", "always", "no", "?"), model.gated in ("yes", "no", "?")) == (True, True)


def test_no_two_are_of_one_name() -> None:
    assert len({model.name for model in HUB_MODELS}) == len({model.location for model in HUB_MODELS}) == len(HUB_MODELS)


def test_an_id_that_only_others_name_is_unconfirmed_and_says_so() -> None:
    assert "google/gemma-4-E4B-it is unconfirmed: it was read in other projects only, never tried on the hub" in hub_note(
        REGISTRY["gemma-4-e4b-it"]
    )
    assert hub_note(REGISTRY["qwen3-8b"]) == ""


def test_a_gated_one_says_what_to_do_first() -> None:
    assert "meta-llama/Llama-3.1-8B-Instruct is gated: accept its terms on the hub" in hub_note(REGISTRY["llama-3.1-8b-instruct"])


def test_it_is_known_by_its_location_under_any_name() -> None:
    known = hub_model(ModelEntry("mine", "Qwen/Qwen3-8B"))
    assert known is not None
    assert known.name == "qwen3-8b"
    assert hub_model(ModelEntry("mine", "Qwen/Qwen3-8B", local=True)) is None
    assert hub_model(ModelEntry("mine", "owner/name")) is None
