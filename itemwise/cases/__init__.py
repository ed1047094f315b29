"""What is asked: benchmarks, their rows (hub, file, folder, synthetic), cases, pictures, and the controls and variants of them."""
