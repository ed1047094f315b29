"""Keys in command lines, hidden before a report, a record or a tracker has them: ``--api-key KEY``, ``HF_TOKEN=KEY``, ``http://user:key@``."""

import re

from itemwise.models.server.address import without_userinfo

__all__ = ["without_keys"]

_VALUE = r"""(?:'[^']*'|"[^"]*"|[^\s'"]+)"""
_KEYS = re.compile(
    rf"((?<![\w-])--?(?i:[\w.-]*(?:key|token|secret|password))(?:=|\s+(?!-))){_VALUE}(?:\s+(?!-){_VALUE})*"
    rf"|(\b[A-Z0-9_]*(?:KEY|TOKEN|SECRET|PASSWORD)=){_VALUE}"
    rf"|(\b(?i:bearer|basic)\s+){_VALUE}"
)


def without_keys(text: str) -> str:
    """`text`, a command or a word of one, with ``***`` for what an option or a variable that is named as a key's holds (several, where an
    option takes several), and without the ``user:password@`` of its URLs.

    >>> without_keys("HF_TOKEN=abc vllm serve m --api-key k1 k2 --max-new-tokens 64")
    'HF_TOKEN=*** vllm serve m --api-key *** --max-new-tokens 64'
    """
    return without_userinfo(_KEYS.sub(lambda match: f"{match[1] or match[2] or match[3]}***", text))
