"""Getting files in: look at them, say what their words mean, try without writing, load. Undo: `store.undo`.

The app's import screen goes through here. Four steps, each a function:

`look`  what each file is, its columns, and every stage, category, owner and currency that is written in it,
        with a guess of what it means (`Choices`), which a person may change;
`check` what is still open (it would silently drop or double money) and what it costs;
`rehearse` the import as it would land, without writing: counts, rejects, notes;
`load`  the import itself, whose mapping is kept for next week (`forget` ends that).
"""

from analytics.importing.choices import FILE_KINDS, Choices, Look, Open, Rehearsal, SeenFile
from analytics.importing.kept import forget
from analytics.importing.loading import CORRECTION, load, rehearse
from analytics.importing.looking import look
from analytics.importing.open_points import check, misfits

__all__ = [
    "CORRECTION",
    "FILE_KINDS",
    "Choices",
    "Look",
    "Open",
    "Rehearsal",
    "SeenFile",
    "check",
    "forget",
    "load",
    "look",
    "misfits",
    "rehearse",
]
