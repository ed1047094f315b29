"""Weights, tokenizers and cards of the two small models that ship with the package; training/ made them."""
