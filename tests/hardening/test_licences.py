"""docs/licences.md says what is true, and nothing that the product runs on asks for more than notices."""

from __future__ import annotations

import re

from packaging.requirements import Requirement

from tests.licences import PAGE, ROOT, needed, usual_name

#: May be used by a product under MIT without more than keeping their notices.
FREE = {
    *("MIT", "MIT-0", "MIT-CMU", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "Apache-2.0", "ISC", "PSF-2.0"),
    *("Zlib", "CC0-1.0", "MPL-2.0"),
}
#: Used as they are, as libraries; why: docs/decisions.md.
WEAK_COPYLEFT = {"psycopg": "LGPL-3.0-only", "psycopg-binary": "LGPL-3.0-only"}


def test_what_we_name_is_on_the_page() -> None:
    """What those need in turn is on it too, but may change with a release of theirs."""
    text, found = PAGE.read_text(encoding="utf-8"), needed()
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and line[0] not in "#-":
            name = usual_name(Requirement(line).name)
            row = f"| {name} | {found[name][0]} | "
            assert row in text, f"{row}...: python -m tests.licences writes the page anew"


def test_every_licence_is_free() -> None:
    for name, (said, _) in needed().items():
        if WEAK_COPYLEFT.get(name) != said:
            parts = set(re.split(r" AND | OR |[()]", said)) - {""}
            assert parts <= FREE, (
                f"{name}: {said}; look at it, and say in docs/decisions.md why it may be used"
            )
