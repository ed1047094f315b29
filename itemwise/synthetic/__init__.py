"""Procedurally made benchmark rows: seeded, unlimited, with every step worked."""

from itemwise.synthetic.pictures import science_pictures
from itemwise.synthetic.word_problems import SPLITS, TEMPLATE_POOLS, word_problems

__all__ = ["TEMPLATE_POOLS", "SPLITS", "science_pictures", "word_problems"]
