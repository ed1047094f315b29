"""Where models log what a user should know while they are asked."""

import logging

__all__ = ["LOGGER"]

LOGGER = logging.getLogger("itemwise.models")  # a caller may handle its records; without a handler warnings go to stderr
