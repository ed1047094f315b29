"""Pictures for models that see: a checkpoint's own processor cuts them up, and prompts of any shape share a batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoModelForImageTextToText, AutoProcessor
from transformers.models.auto.processing_auto import PROCESSOR_MAPPING

from itemwise.cases.case import Turn
from itemwise.cases.picture import Picture, PictureError
from itemwise.models.entry import ModelEntry
from itemwise.models.local.chat_template import ChatTemplate
from itemwise.models.model import ModelError, Request

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Prompt", "Sight", "is_seeing", "left_padded", "outside_language", "sight_of", "with_pictures"]

LONGEST = 200  # times its other side; Qwen's processors refuse more, others scale by the short side until memory is full

_BESIDE = ("mm_token_type_ids", "token_type_ids")  # what processors say of each token; 0 is text


@dataclass(frozen=True)
class Prompt:
    """One encoded chat: its token `ids`, what the model is told `beside` each of them, and its `pictures` cut up, by the model's names."""

    ids: list[int]
    beside: Mapping[str, list[int]] = field(default_factory=dict)
    pictures: Mapping[str, Tensor] = field(default_factory=dict)


class Sight:
    """A checkpoint's processor: chats with and without pictures in, prompts out. `tokenizer` has the template that places pictures."""

    def __init__(self, name: str, processor: Any) -> None:
        self.tokenizer = processor.tokenizer
        self._name = name
        self._processor = processor
        self.template = ChatTemplate(name, self.tokenizer.chat_template, self.tokenizer.special_tokens_map)
        self._marks = [mark for kind in ("image", "video") if (mark := getattr(processor, f"{kind}_token", None))]

    def describe(self) -> str:
        """By what pictures are cut up, and to which size."""
        image_processor = self._processor.image_processor
        return f"{type(image_processor).__name__}, {_size_text(image_processor)}"

    def prompt(self, messages: Sequence[Mapping[str, Any]], request: Request) -> Prompt:
        """The chat as the model is given it: `messages` as `with_pictures` makes them, of `request`.

        A picture that is too small is scaled up. Raises PictureError for one that cannot be decoded or has a side LONGEST
        times the other, and ModelError where words would be taken for a picture.
        """
        self._require_no_marks(request.turns)
        text = self.template.prompt(messages, request.tools)
        found = self._cut_up(text, [picture for turn in request.turns for picture in turn.pictures])
        beside = {name: found[name][0].tolist() for name in _BESIDE if name in found}
        pictures = {name: value for name, value in found.items() if name not in (*_BESIDE, "input_ids", "attention_mask")}
        return Prompt(found["input_ids"][0].tolist(), beside, pictures)

    def _cut_up(self, text: str, pictures: Sequence[Picture]) -> dict[str, Any]:
        images = [_shapely(picture) for picture in pictures]
        begun = bool(self.tokenizer.bos_token) and text.startswith(self.tokenizer.bos_token)
        return dict(self._processor(images=images or None, text=[text], add_special_tokens=not begun, return_tensors="pt"))

    def _require_no_marks(self, turns: Sequence[Turn]) -> None:
        for mark in self._marks:
            if any(mark in turn.content for turn in turns):
                raise ModelError(f"the prompt holds {mark}, by which {self._name} is shown a picture; word it differently.")


def is_seeing(config: Any) -> bool:
    """Whether a model of this kind reads pictures beside text."""
    return type(config) in AutoModelForImageTextToText._model_mapping and type(config) not in AutoModelForCausalLM._model_mapping


def sight_of(entry: ModelEntry, config: Any, options: Mapping[str, Any]) -> Sight | None:
    """The sight of a model; None where it has none, or lacks the image processor or chat template that pictures need.

    Raises ModelError where the entry sets limits of pixels that the model does not keep.
    """
    processor: Any = _processor(entry, config, options) if is_seeing(config) else None
    if not hasattr(processor, "image_processor") or not (template := _template(processor)):
        if _pixels(entry):
            raise ModelError(f"{entry.name} sees no pictures, so min_pixels and max_pixels cannot be set; leave them out.")
        return None
    processor.image_processor = _limited(entry, processor.image_processor, options)
    processor.tokenizer.chat_template = template
    return Sight(entry.name, processor)


def outside_language(config: Any, trust_remote_code: bool) -> list[str]:
    """The modules of a seeing model that are no part of its language model: vision tower, projector or merger, and head."""
    with torch.device("meta"):
        model = AutoModelForImageTextToText.from_config(config, trust_remote_code=trust_remote_code)
    return list(_outside(model, model.get_decoder()))


def with_pictures(messages: Sequence[Mapping[str, Any]], turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """The messages of `turns`; where a turn has pictures its content is in parts, pictures before the text."""
    return [
        {**message, "content": [*[{"type": "image"} for _ in turn.pictures], {"type": "text", "text": message["content"]}]}
        if turn.pictures
        else dict(message)
        for message, turn in zip(messages, turns, strict=True)
    ]


def left_padded(prompts: Sequence[Prompt], pad: int) -> dict[str, Tensor]:
    """One batch of prompts as `generate` takes it: tokens end together, pictures follow each other in the prompts' order."""
    batch = {
        "input_ids": _aligned([prompt.ids for prompt in prompts], pad),
        "attention_mask": _aligned([[1] * len(prompt.ids) for prompt in prompts], 0),
    }
    for name in prompts[0].beside:
        batch[name] = _aligned([list(prompt.beside[name]) for prompt in prompts], 0)
    for name in dict.fromkeys(name for prompt in prompts for name in prompt.pictures):
        batch[name] = torch.cat([prompt.pictures[name] for prompt in prompts if name in prompt.pictures])
    return batch


def _aligned(rows: Sequence[list[int]], filler: int) -> Tensor:
    width = max(map(len, rows))
    return torch.tensor([[filler] * (width - len(row)) + row for row in rows])


def _shapely(picture: Picture) -> Image:
    """The decoded picture. Raises PictureError where it is a mere line."""
    image = picture.image()
    if max(image.size) > LONGEST * min(image.size):
        raise PictureError(
            f"{picture.where}: {image.width} x {image.height} pixels, one side over {LONGEST} times the other; crop the picture or pad it."
        )
    return image


def _processor(entry: ModelEntry, config: Any, options: Mapping[str, Any]) -> Any:
    """The checkpoint's processor; without videos where only those need a torchvision that is not there."""
    try:
        return AutoProcessor.from_pretrained(entry.location, **options)
    except ImportError as error:
        if "torchvision" not in str(error).lower() or type(config) not in PROCESSOR_MAPPING:
            raise
    return _without_videos(PROCESSOR_MAPPING[type(config)]).from_pretrained(entry.location, **options)


def _without_videos(kind: Any) -> Any:
    """The class of processors `kind` with no place for a video processor."""
    places = [place for place in kind.get_attributes() if place != "video_processor"]
    return type(kind.__name__, (kind,), {"get_attributes": classmethod(lambda _: places)})


def _template(processor: Any) -> str | dict[str, str] | None:
    """The chat template, or several by name; the processor's own come first, as they know of pictures."""
    template: str | dict[str, str] | None = getattr(processor, "chat_template", None) or processor.tokenizer.chat_template
    return template


def _pixels(entry: ModelEntry) -> dict[str, int]:
    """The limits that the entry sets."""
    limits = {"min_pixels": entry.min_pixels, "max_pixels": entry.max_pixels}
    return {name: limit for name, limit in limits.items() if limit is not None}


def _limited(entry: ModelEntry, image_processor: Any, options: Mapping[str, Any]) -> Any:
    """The image processor under the entry's limits of pixels."""
    if not (pixels := _pixels(entry)):
        return image_processor
    if not _resizes_by_pixels(image_processor):
        raise ModelError(
            f"{entry.name} takes pictures of one size only ({_size_text(image_processor)}), "
            f"so {' and '.join(pixels)} cannot be set; leave them out."
        )
    where = {name: value for name, value in options.items() if name != "trust_remote_code"}
    limited = type(image_processor).from_pretrained(entry.location, **where, **pixels)
    least, most = limited.size["shortest_edge"], limited.size["longest_edge"]
    if least > most:
        raise ModelError(f"{entry.name}: min_pixels {least} is more than max_pixels {most}; set both, one of them is the checkpoint's own.")
    return limited


def _resizes_by_pixels(image_processor: Any) -> bool:
    """Whether a picture keeps its shape and is scaled to a number of pixels; Qwen's call these limits edges of `size`."""
    return "min_pixels" in image_processor.valid_kwargs.__annotations__


def _size_text(image_processor: Any) -> str:
    if _resizes_by_pixels(image_processor):
        return f"{image_processor.size['shortest_edge']} to {image_processor.size['longest_edge']} pixels"
    size = getattr(image_processor, "crop_size", None) or image_processor.size
    edges = {edge: size[edge] for edge in ("height", "width", "shortest_edge", "longest_edge") if size.get(edge)}
    return " x ".join(str(edge) for edge in edges.values()) + " pixels"


def _outside(module: torch.nn.Module, part: torch.nn.Module, within: str = "") -> Iterator[str]:
    """The names of the largest modules of `module` that have nothing of `part` in them."""
    for name, child in module.named_children():
        if child is part:
            continue
        if any(each is part for each in child.modules()):
            yield from _outside(child, part, f"{within}{name}.")
        else:
            yield f"{within}{name}"
