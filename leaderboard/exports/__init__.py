"""What visitors and programs take away: files, badges, model cards, data for search engines.

May import: pages, trail, standings, models and text.
Begin reading with formats.py.
"""
