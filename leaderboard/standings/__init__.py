"""The domain: aggregates, intervals, ranks, rank ranges, frozen in one `Standings`.

May import: models and text; `ranking.py` imports nothing of ours.
Begin reading with loading.py and standings.py.
"""
