"""From results to stored scores: match, preview, store, undo.

May import: standings, operations, readers, models and text.
Begin reading with matching.py, then preview.py and storing.py.
"""
