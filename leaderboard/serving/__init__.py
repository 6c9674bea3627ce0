"""How answers are sent: kept pages, headers, errors, health, logs, static files.

May import: standings, accounts, models and text.
Begin reading with page_cache.py.
"""
