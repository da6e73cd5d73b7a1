"""What the list of imports says."""

from __future__ import annotations

from analytics.import_history import undone_in_words
from analytics.store.undo import UndoResult


def test_an_undo_tells_what_it_changed_and_not_of_imports_that_nobody_sees() -> None:
    # the later import is one that no list shows, such as a mapping that was kept
    alone = undone_in_words(UndoResult(7, own=40, came=0, went=0, later=1), is_back=False)
    assert alone == "Import 7 is undone: all is as if it had never been loaded. 40 rows taken out."
    others = undone_in_words(UndoResult(7, own=40, came=3, went=1, later=2), is_back=False)
    assert others.endswith("; of later imports, 3 rows count now that did not before, and 1 no longer.")
