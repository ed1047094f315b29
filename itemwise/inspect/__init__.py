"""Model inspection without weights: architecture, parameter counts, memory and image tokens, from the configuration."""
