"""A model behind an OpenAI-compatible server: HTTP client, retry policy, and the format of its requests and responses."""
