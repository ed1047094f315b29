"""Statistics over a run's verdicts: paired comparisons, the ladder of strategies, extractors compared, choices, splits, variants."""
