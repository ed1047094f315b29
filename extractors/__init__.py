"""The extractors of replies as this repository shows them; the code, and the only name that is installed, is `itemwise.extractors`.

A project may have an `extractors` of its own beside the installed plugin, so nothing of itemwise imports this name.
"""

from itemwise.extractors import *  # noqa: F403 - all of them, also those to come
from itemwise.extractors import __all__ as __all__
