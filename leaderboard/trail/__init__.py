"""What changed, for visitors: entries with old and new values and their reasons.

May import: standings, models and text.
Begin reading with state_log.py, filling.py and entries.py: an edit passes them in this order.
"""
