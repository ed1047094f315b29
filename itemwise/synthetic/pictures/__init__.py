"""Science questions about pictures drawn on the spot: seeded, unlimited, with the facts and the picture in words."""

from itemwise.synthetic.pictures.science_pictures import KIND_POOLS, science_pictures

__all__ = ["KIND_POOLS", "science_pictures"]
