"""From results to stored scores: match, preview, store, undo.

May import: standings, operations, readers, models and text.
Begin reading with choices.py and matching.py, then preview.py and storing.py.
"""
