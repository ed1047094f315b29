"""Protocols: how published numbers were asked, each in one small file, chosen by `--protocol`.

A file of this folder with a `PROTOCOL` is one; nothing else needs to know of it.
"""

import pkgutil
from functools import cache
from importlib import import_module

from itemwise.protocols.protocol import Protocol

__all__ = ["Protocol", "protocol_names", "protocols"]


@cache
def protocols() -> dict[str, Protocol]:
    """The protocols of this folder by their names."""
    modules = [import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    found = [protocol for module in modules if isinstance(protocol := getattr(module, "PROTOCOL", None), Protocol)]
    return {protocol.name: protocol for protocol in found}


def protocol_names() -> list[str]:
    """Their names, in order."""
    return sorted(protocols())
