"""What became of the cases: the ledger of verdicts, the store of replies, statistics, and where it all ran."""
