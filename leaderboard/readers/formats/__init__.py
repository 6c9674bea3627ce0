"""One module per format: `detects` says whose file it is, `read` returns its results.

May import: files and text.
Begin reading with wide_table.py.
"""
