"""What the suite shares. The plugin itself comes by its entry point; the run's settings by pyproject.toml."""

pytest_plugins = ["pytester"]
