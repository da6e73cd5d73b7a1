"""What of a store has changed since somebody last asked, by kind of content."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.store.database import Store


@dataclass(frozen=True)
class Versions:
    """Texts that change with every import, undo, and undo taken back: of the CRM's facts, of decisions and
    overrides, of calls, and of coaching (playbook versions, replies, subscriptions)."""

    facts: str
    decisions: str
    calls: str
    coaching: str


def versions_of(store: Store) -> Versions:
    """The versions of a store's content. Raises NoStore where there is none."""
    row = store.query("content_versions").iloc[0]
    kinds = ("facts", "decisions", "calls", "coaching")
    return Versions(*(f"{row[kind]} {row[f'{kind}_at']} {row[f'{kind}_undone']}" for kind in kinds))
