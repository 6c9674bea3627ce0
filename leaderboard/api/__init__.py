"""Version 1 of the API for programs, under /api/v1/: what is published, and results handed in.

May import: every room but admin and management.
Begin reading with v1.py.
"""
