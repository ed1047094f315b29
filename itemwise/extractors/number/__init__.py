"""The number a reply states: `last_number` over numerals, number words, phrases and concluding sentences."""
