"""What keeps a site whole: backups, integrity checks, progress of long commands.

May import: models and text.
Begin reading with backups.py.
"""
