"""Report writers: terminal, Markdown, HTML, JSON and JUnit, each a pure function of the run's record."""
