"""What one run chooses: its settings, the sampled cases, the model under test, and the hash that names the measurement."""
