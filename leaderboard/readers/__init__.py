"""From a file to results, without a database.

May import: text.
Begin reading with registry.py.
"""
