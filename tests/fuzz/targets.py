"""All targets by name."""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzz import formats, tables, values

TARGETS: dict[str, Callable[[bytes], None]] = {
    "text": formats.text,
    "values": values.single,
    "mapping": formats.mapping,
    "archive": formats.archive,
    "workbook": formats.workbook,
    "word": formats.word,
    "raw": tables.raw,
    "cells": tables.cells,
    "table": tables.table,
    "mapped": tables.mapped,
    "salesforce": tables.salesforce,
    "hubspot": tables.hubspot,
    "pipedrive": tables.pipedrive,
    "dynamics": tables.dynamics,
    "answers": tables.answers,
    "targets": tables.targets,
    "rates": tables.rates,
    "contacts": tables.contacts,
}
