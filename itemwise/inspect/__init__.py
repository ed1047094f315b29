"""What a model is made of and what it takes: architecture, parameters, memory and pixels, from its configuration."""
