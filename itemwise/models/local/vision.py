"""Vision inputs: runs the checkpoint's own image processor and builds prompts of text and pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from transformers import AutoModelForCausalLM, AutoModelForImageTextToText, AutoProcessor
from transformers.models.auto.processing_auto import PROCESSOR_MAPPING

from itemwise.cases.chat import Turn, in_places
from itemwise.cases.picture import Picture, PictureError
from itemwise.models.local.chat_template import ChatTemplate
from itemwise.models.local.encoded_prompt import Prompt
from itemwise.models.local.thinking_switch import opened_thought
from itemwise.models.model import ModelEntry, ModelError, Request

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["VisionProcessor", "is_multimodal", "load_processor", "outside_language", "with_pictures"]

MAX_ASPECT = 200  # longer side by shorter; Qwen's processors refuse more, others scale by the short side until memory is full

_PROCESSOR_FILES = ("preprocessor_config.json", "processor_config.json")
_TOKEN_TYPES = ("mm_token_type_ids", "token_type_ids")  # the names that processors give them


class VisionProcessor:
    """A checkpoint's processor: chats with and without pictures in, prompts out. `tokenizer` has the template that places pictures."""

    def __init__(self, name: str, processor: Any, thinking: str = "template") -> None:
        self.tokenizer = processor.tokenizer
        self._name = name
        self._processor = processor
        self.template = ChatTemplate(name, self.tokenizer.chat_template, self.tokenizer.special_tokens_map, thinking)
        self._picture_tokens = [token for kind in ("image", "video") if (token := getattr(processor, f"{kind}_token", None))]

    def describe(self) -> str:
        """The image processor's class and the size it scales to."""
        image_processor = self._processor.image_processor
        return f"{type(image_processor).__name__}, {_size_text(image_processor)}"

    def prompt(self, messages: Sequence[Mapping[str, Any]], request: Request) -> Prompt:
        """The chat as the model is given it: `messages` as `with_pictures` makes them, of `request`.

        A picture that is too small is scaled up. Raises PictureError for one that cannot be decoded or has a side over MAX_ASPECT
        times the other, and ModelError if the text holds a token that stands for a picture.
        """
        for token in self._picture_tokens:
            if any(token in turn.content for turn in request.turns):
                raise ModelError(f"the prompt holds {token}, by which {self._name} is shown a picture; word it differently.")
        text = self.template.prompt(messages, request.tools)
        inputs = self._processed(text, [picture for turn in request.turns for picture in turn.pictures])
        types = {name: inputs[name][0].tolist() for name in _TOKEN_TYPES if name in inputs}
        images = {name: value for name, value in inputs.items() if name not in (*_TOKEN_TYPES, "input_ids", "attention_mask")}
        special = not self._begins_with_bos(text)
        return Prompt(inputs["input_ids"][0].tolist(), types, images, opened_thought(text), text, special)

    def _processed(self, text: str, pictures: Sequence[Picture]) -> dict[str, Any]:
        images = [_decoded(picture) for picture in pictures]
        special = not self._begins_with_bos(text)
        return dict(self._processor(images=images or None, text=[text], add_special_tokens=special, return_tensors="pt"))

    def _begins_with_bos(self, text: str) -> bool:
        return bool(self.tokenizer.bos_token) and text.startswith(self.tokenizer.bos_token)


def is_multimodal(config: Any) -> bool:
    """Whether a model of this kind takes pictures beside text; of a kind that is also one for text, with a vision tower."""
    if type(config) not in AutoModelForImageTextToText._model_mapping:
        return False
    return type(config) not in AutoModelForCausalLM._model_mapping or getattr(config, "vision_config", None) is not None


def load_processor(entry: ModelEntry, config: Any, options: Mapping[str, Any]) -> VisionProcessor | None:
    """The vision processor of a checkpoint; None for a text model, and without the image processor or chat template that it needs.

    Raises ModelError if the entry sets limits of pixels that the model does not keep.
    """
    processor: Any = _processor(entry, config, options) if is_multimodal(config) and not _is_for_text_alone(entry, config) else None
    sees = hasattr(processor, "image_processor")
    template = (getattr(processor, "chat_template", None) or processor.tokenizer.chat_template) if sees else None
    if not template:  # the processor's own comes first, as it knows of pictures
        if _pixels(entry):
            raise ModelError(f"{entry.name} sees no pictures, so min_pixels and max_pixels cannot be set; leave them out.")
        return None
    processor.image_processor = _limited(entry, processor.image_processor, options)
    processor.tokenizer.chat_template = template
    return VisionProcessor(entry.name, processor, entry.thinking)


def outside_language(config: Any, trust_remote_code: bool) -> list[str]:
    """The modules of a multimodal model outside its language model: vision tower, projector or merger, and head."""
    with torch.device("meta"):
        model = AutoModelForImageTextToText.from_config(config, trust_remote_code=trust_remote_code)
    return list(_outside(model, model.get_decoder()))


def with_pictures(messages: Sequence[Mapping[str, Any]], turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """The messages of `turns`; the content of one with pictures is a list of parts, text and pictures in their order."""
    return [
        {**message, "content": [_part(part) for part in in_places(message["content"], turn.pictures)]} if turn.pictures else dict(message)
        for message, turn in zip(messages, turns, strict=True)
    ]


def _part(shown: str | Picture) -> dict[str, str]:
    return {"type": "text", "text": shown} if isinstance(shown, str) else {"type": "image"}


def _decoded(picture: Picture) -> Image:
    """The decoded picture. Raises PictureError if it is a mere line."""
    image = picture.image()
    if max(image.size) > MAX_ASPECT * min(image.size):
        raise PictureError(
            f"{picture.where}: {image.width} x {image.height} pixels, one side over {MAX_ASPECT} times the other; "
            "crop the picture or pad it."
        )
    return image


def _is_for_text_alone(entry: ModelEntry, config: Any) -> bool:
    """Whether this is a folder with none of the files of a processor, of a kind that is also one for text: a fine-tune on text."""
    if not entry.local or type(config) not in AutoModelForCausalLM._model_mapping:
        return False
    return not any(Path(entry.location, name).is_file() for name in _PROCESSOR_FILES)


def _processor(entry: ModelEntry, config: Any, options: Mapping[str, Any]) -> Any:
    """The checkpoint's processor; without its video processor if only that needs a torchvision that is not installed."""
    try:
        return AutoProcessor.from_pretrained(entry.location, **options)
    except ImportError as error:
        if "torchvision" not in str(error).lower() or type(config) not in PROCESSOR_MAPPING:
            raise
    kind = PROCESSOR_MAPPING[type(config)]
    attributes = [name for name in kind.get_attributes() if name != "video_processor"]
    without: Any = type(kind.__name__, (kind,), {"get_attributes": classmethod(lambda _: attributes)})
    return without.from_pretrained(entry.location, **options)


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
    source = {name: value for name, value in options.items() if name != "trust_remote_code"}
    limited = type(image_processor).from_pretrained(entry.location, **source, **pixels)
    least, most = limited.size["shortest_edge"], limited.size["longest_edge"]
    if least > most:
        raise ModelError(f"{entry.name}: min_pixels {least} is more than max_pixels {most}; set both, one of them is the checkpoint's own.")
    return limited


def _resizes_by_pixels(image_processor: Any) -> bool:
    """Whether pictures keep their aspect ratio and are scaled to a number of pixels; Qwen's processors keep these limits as edges of
    `size`."""
    return "min_pixels" in image_processor.valid_kwargs.__annotations__


def _size_text(image_processor: Any) -> str:
    if _resizes_by_pixels(image_processor):
        return f"{image_processor.size['shortest_edge']} to {image_processor.size['longest_edge']} pixels"
    size = getattr(image_processor, "crop_size", None) or image_processor.size
    edges = {edge: size[edge] for edge in ("height", "width", "shortest_edge", "longest_edge") if size.get(edge)}
    return " x ".join(str(edge) for edge in edges.values()) + " pixels"


def _outside(module: torch.nn.Module, part: torch.nn.Module, prefix: str = "") -> Iterator[str]:
    """The names of the largest submodules of `module` that contain nothing of `part`."""
    for name, child in module.named_children():
        if child is part:
            continue
        if any(submodule is part for submodule in child.modules()):
            yield from _outside(child, part, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"
