"""The equations of a reply, parsed and recomputed exactly, for causes that name the wrong step."""
