"""A mapping as the text of a mapping file: what the app keeps is what the command line reads."""

from __future__ import annotations

from typing import Any

import tomli_w

from analytics.intake.mapping import Mapping


def text_of(mapping: Mapping) -> str:
    """The TOML text that `mapping_of` reads as this mapping (without the day the files were true)."""
    return tomli_w.dumps({name: part for name, part in _sections(mapping).items() if part})


def _sections(mapping: Mapping) -> dict[str, dict[str, Any]]:
    table = {
        "name": mapping.name,
        "files": mapping.files,
        "date_format": mapping.formats.date_order,
        "decimal": mapping.formats.decimal,
        "delimiter": mapping.options.delimiter,
        "encoding": mapping.options.encoding,
        "sheet": mapping.options.sheet,
        "full": mapping.full or None,
        "currency": mapping.currency,
        "id_prefix": mapping.id_prefix or None,
        "not_needed": list(mapping.not_needed) or None,
    }
    return {
        "table": _told(table) if mapping.columns else {},
        "columns": dict(mapping.columns),
        "stages": {
            name: _told(
                {
                    "probability": rule.probability,
                    "category": rule.category,
                    "closed": None if rule.closed == rule.won else rule.closed,
                    "won": rule.won or None,
                    "order": rule.order,
                }
            )
            for name, rule in mapping.stages.items()
        },
        "categories": dict(mapping.categories),
        "values": {name: dict(fixes) for name, fixes in mapping.values.items() if fixes},
        "salesforce": dict(mapping.salesforce),
    }


def _told(section: dict[str, Any]) -> dict[str, Any]:
    """What is said at all: TOML has no word for nothing."""
    return {name: value for name, value in section.items() if value is not None}
