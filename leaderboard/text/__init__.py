"""Names, numbers, words, sentences, languages, Markdown: pure functions on text.

May import: nothing of ours.
Begin reading with names.py and numbers.py.
"""
