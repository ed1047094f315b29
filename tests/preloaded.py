"""Imported for its effect: in-process runs forget the modules that they import, and each would import anew what a run imports late.

Of what needs torch nothing is imported: tests that ask a local model in their own process import `itemwise.models.local.load` themselves.
"""

from importlib import import_module
from pkgutil import walk_packages

import hypothesis  # noqa: F401 - its plugin would import it in each run
import jinja2  # noqa: F401
import psutil  # noqa: F401
import scipy.stats  # noqa: F401 - NumPy cannot be imported twice at all

import itemwise

HEAVY = ("itemwise.__main__", "itemwise.models.local.", "itemwise.inspect", "itemwise.commands")

for module in walk_packages(itemwise.__path__, "itemwise."):
    if not module.name.startswith(HEAVY):
        import_module(module.name)
