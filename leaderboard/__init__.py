"""The leaderboard: one Django app in rooms, each a package that says what it is for."""

__version__ = "0.2.0"  # the one place; pyproject.toml reads it
