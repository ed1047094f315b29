"""Results: entries and the ledger of verdicts, the store of generations, how a case is judged, statistics, and the environment."""
