"""Quality gates: a run fails with an accuracy below its threshold, or significantly below a baseline run's."""
