"""Choices as the mapping that the intake reads by, and back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from analytics.importing.choices import Choices
from analytics.intake.job import Formats
from analytics.intake.mapping import Mapping


def mapping_from(choices: Choices) -> Mapping:
    """The mapping that says what was chosen; without columns it is for an export read by its own names."""
    values = _corrections(choices) if choices.columns else {}
    return Mapping(
        path=Path(choices.name),
        name=choices.name,
        columns=dict(choices.columns),
        stages=dict(choices.stages),
        categories=dict(choices.categories),
        values={name: dict(fixes) for name, fixes in values.items() if fixes},
        as_of=choices.as_of,
        full=choices.is_full,
        currency=choices.currency or None,
        matches={key: deal_id or None for key, deal_id in choices.matches.items()},
        formats=Formats(choices.date_order or None, choices.decimal or None),
    )


def _corrections(choices: Choices) -> dict[str, dict[str, str]]:
    return {"owner": choices.owners, "currency": choices.currencies, "status": choices.statuses}


def with_mapping(choices: Choices, mapping: Mapping) -> Choices:
    """Choices completed by a mapping that was kept: what was chosen now counts."""
    return replace(
        choices,
        name=mapping.name,
        columns=choices.columns or dict(mapping.columns),
        stages=mapping.stages | choices.stages,
        categories=mapping.categories | choices.categories,
        owners=mapping.values.get("owner", {}) | choices.owners,
        statuses=mapping.values.get("status", {}) | choices.statuses,
        currencies=mapping.values.get("currency", {}) | choices.currencies,
        currency=choices.currency or mapping.currency or "",
        date_order=choices.date_order or mapping.formats.date_order or "",
        decimal=choices.decimal or mapping.formats.decimal or "",
        is_full=choices.is_full or mapping.full,
    )
