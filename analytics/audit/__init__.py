"""Who viewed, changed, decided, took out, loaded, undid, came in and was refused: noted, kept, searched.

What changes the store is recorded in it, in the same transaction (tables `import` and `undoing`). What
changes nothing is noted in a file beside it. `listing` shows both as one list.
"""
