"""The licences of all that the product runs on: `python -m tests.licences` writes docs/licences.md."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "licences.md"
_HEAD = """# Licences
Plumbline itself: MIT ([LICENSE](../LICENSE)). Here is everything that it runs on, with what that needs in
turn, as the packages say it themselves; pyspark, py4j and sqlglot only where Spark is used. Written by
`python -m tests.licences`; a test fails when it is no longer true. Nothing here asks more of whoever
runs Plumbline than to keep the notices. Of the LGPL and MPL packages their own files would have to be
published if they were changed; they are not. What is only used to test and to evaluate is no part of the
product: docs/decisions.md names it.

| package | licence | needed by |
|---|---|---|
"""
#: Words of packages that say it at length or in their own way -> the usual name.
_USUAL = (
    ("apache", "Apache-2.0"),
    ("mozilla", "MPL-2.0"),
    ("mpl", "MPL-2.0"),
    ("lesser general", "LGPL-3.0"),
    ("lgpl", "LGPL-3.0"),
    ("bsd-2", "BSD-2-Clause"),
    ("bsd", "BSD-3-Clause"),
    ("python software foundation", "PSF-2.0"),
    ("psf", "PSF-2.0"),
    ("isc", "ISC"),
    ("mit", "MIT"),
)


def needed() -> dict[str, tuple[str, set[str]]]:
    """Package -> its licence, and who needs it ('' = Plumbline), for both engines on this machine."""
    found: dict[str, tuple[str, set[str]]] = {}
    files = [ROOT / name for name in ("requirements.txt", "requirements-spark.txt")]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    waiting = [(Requirement(line), "") for line in lines if line.strip() and line[0] not in "#-"]
    done: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        wanted, by = waiting.pop()
        try:
            package = distribution(wanted.name)
        except PackageNotFoundError:
            continue  # for another system
        name = usual_name(package.name)
        found.setdefault(name, (licence(package), set()))[1].add(by)
        if (name, frozenset(wanted.extras)) not in done:
            done.add((name, frozenset(wanted.extras)))
            waiting += [(one, name) for one in _needs(package, wanted.extras)]
    return found


def _needs(package: Distribution, extras: set[str]) -> list[Requirement]:
    every = [Requirement(line) for line in package.requires or []]
    return [
        one
        for one in every
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in ("", *extras))
    ]


def usual_name(name: str) -> str:
    """A package's name as indexes write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(package: Distribution) -> str:
    """What a package says: an expression, else its classifiers, else its own words."""
    said = package.metadata
    if expression := said.get("License-Expression"):
        return str(expression)
    kinds = [
        one.rsplit(" :: ", 1)[-1] for one in said.get_all("Classifier") or [] if one.startswith("License ::")
    ]
    words = (
        " ".join(kinds)
        if kinds and kinds != ["OSI Approved"]
        else str(said.get("License") or "").split("\n")[0]
    )
    for part, name in _USUAL:
        if part in words.lower():
            return name
    return words or "not said"


def page() -> str:
    """The text of docs/licences.md."""
    rows = [
        f"| {name} | {said} | {', '.join(one or 'Plumbline' for one in sorted(by))} |"
        for name, (said, by) in sorted(needed().items())
    ]
    return _HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
