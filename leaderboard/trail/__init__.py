"""What changed, for visitors: entries with old and new values and their reasons.

May import: standings, models and text.
Begin reading with changes.py.
"""
