"""A local model: loaded through transformers, prompted by its chat template, decoded in a continuous batch with a KV cache."""
