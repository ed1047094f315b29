"""Protocols: how published numbers were asked, each in one small file, chosen by `--protocol`.

A file of this folder with a `PROTOCOL` is one; nothing else needs to know of it.
"""

import pkgutil
from functools import cache
from importlib import import_module

from itemwise.extractors.named_extractor import NamedExtractor
from itemwise.protocols.protocol import Protocol

__all__ = ["Protocol", "extractors_of_protocols", "protocol_names", "protocols"]


@cache
def protocols() -> dict[str, Protocol]:
    """The protocols of this folder by their names."""
    modules = [import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    found = [protocol for module in modules if isinstance(protocol := getattr(module, "PROTOCOL", None), Protocol)]
    return {protocol.name: protocol for protocol in found}


def protocol_names() -> list[str]:
    """Their names, in order."""
    return sorted(protocols())


def extractors_of_protocols(benchmark: str | None = None) -> tuple[NamedExtractor, ...]:
    """The extractors of all protocols, or of those of one benchmark, each once."""
    asked = [protocols()[name] for name in protocol_names() if benchmark in (None, protocols()[name].benchmark)]
    return tuple({extractor.name: extractor for protocol in asked for extractor in protocol.extractors}.values())
