"""Procedurally made benchmark rows: seeded, unlimited, with every step worked."""

from itemwise.synthetic.pictures import science_pictures
from itemwise.synthetic.word_problems import HALVES, SPLITS, word_problems

__all__ = ["HALVES", "SPLITS", "science_pictures", "word_problems"]
