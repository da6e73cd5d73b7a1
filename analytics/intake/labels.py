"""Names of columns and words in cells in other languages: the data of labels.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("labels.toml").read_text("utf-8"))


@cache
def labels(group: str, field: str) -> tuple[str, ...]:
    """The labels of a field, of all languages: `group` is 'deals', 'pipedrive', 'dynamics' or 'lists'.

    Those of deals also as Pipedrive writes them, with the word for a deal before them.
    """
    found = _data()[group].get(field, {})
    plain = [label for language in found.values() for label in language]
    if group != "deals":
        return tuple(dict.fromkeys(plain))
    own = [
        f"{prefix} - {label}"
        for language, prefixes in _data()["pipedrive"]["prefix"].items()
        for prefix in prefixes
        for label in [*found.get(language, []), *found.get("en", [])]
    ]
    return tuple(dict.fromkeys([*own, *plain]))


@cache
def words(group: str) -> tuple[str, ...]:
    """Words in cells that all mean the same: 'company' or 'archived'."""
    return tuple(_data()["words"][group]["all"])


@cache
def category_words() -> dict[str, str]:
    """Names of forecast categories in other languages, in lower case -> our category."""
    found = _data()["words"]["category"]
    return {word.lower(): ours for ours, by_language in found.items() for word in by_language["all"]}


@cache
def currency_words() -> dict[str, str]:
    """Currencies as they are written out, in lower case -> ISO code."""
    return {name.lower(): code for code, names in _data()["words"]["currency"].items() for name in names}


@cache
def rough_worth() -> dict[str, float]:
    """ISO code -> what a unit is worth in US dollars, to the order of magnitude."""
    return dict(_data()["words"]["worth"])
