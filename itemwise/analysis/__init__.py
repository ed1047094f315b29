"""What a run's verdicts tell once they are all in: pairs of accuracies, the ladder of strategies, the panel of extractors."""
