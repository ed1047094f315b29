"""Many cases at once over one model: batching, lookahead over the selected tests, and the check that batches change no reply."""
