"""What a model is made of, told from its configuration alone: no weights, no GPU, and for the registry's 7B models no network."""
