"""What makes a run red: an accuracy below its threshold, or one significantly below a baseline run's."""
