"""No lost updates: a form saved over somebody's newer edit shows both values.

May import: models, text, trail.
Begin reading with admin.py.
"""
