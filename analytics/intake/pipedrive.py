"""Pipedrive's list of deals, as CSV or XLSX in the language of whoever exported it.

A table with its own rules: Status says whether a deal is closed, because a lost one keeps its stage. The file
has no history: each export is a snapshot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analytics.intake.job import Job
from analytics.intake.labels import labels
from analytics.intake.mapping import Mapping
from analytics.intake.raw import Probe
from analytics.intake.table import stage_table
from analytics.intake.table_fields import guess

SOURCE = "pipedrive"


def is_own(header: Sequence[str]) -> bool:
    """Whether a header is Pipedrive's: 'Deal - Title', 'Deal - Status' ..., in a language that we know."""
    prefixes = tuple(f"{prefix} - ".lower() for prefix in labels("pipedrive", "prefix"))
    own = sum(label.lower().startswith(prefixes) for label in header)
    return own >= 3 and guess(header) is not None


def stage_pipedrive(job: Job, probes: Sequence[Probe], mapping: Mapping) -> None:
    """Stage exports of deals; the mapping names columns in a language that is not known."""
    stage_table(job, probes, replace(mapping, source=SOURCE))
