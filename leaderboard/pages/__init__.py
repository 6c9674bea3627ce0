"""What a page is made of: the view that a query selects, its table, charts, comparison.

May import: standings, models and text.
Begin reading with view.py.
"""
