"""Who may log in: passwords, throttle, sessions, second factor.

May import: models and text.
Begin reading with sessions.py.
"""
