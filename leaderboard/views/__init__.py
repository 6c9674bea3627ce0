"""What visitors open: each view gets, builds, renders.

May import: every room below; only `urls.py` imports it.
Begin reading with leaderboards.py.
"""
