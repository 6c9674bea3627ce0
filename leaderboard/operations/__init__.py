"""The room of backups, integrity checks and the progress of long commands.

May import: models and text.
Begin reading with backups.py.
"""
