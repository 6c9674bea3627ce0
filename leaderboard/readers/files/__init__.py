"""Opening files within limits: delimited text, XLSX, JSON.

May import: text.
Begin reading with opening.py.
"""
