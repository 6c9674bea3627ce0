"""No lost updates: a form saved over somebody's newer edit shows both values.

May import: text.
Begin reading with admin.py.
"""
