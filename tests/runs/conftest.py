"""Whole runs, many of them in this process."""

import tests.preloaded  # noqa: F401 - each run would import it anew
