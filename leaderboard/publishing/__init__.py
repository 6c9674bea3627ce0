"""The public site as files: for a host that only sends them, such as GitHub Pages.

May import: serving, pages, standings, operations, models and text.
Begin reading with site.py.
"""
