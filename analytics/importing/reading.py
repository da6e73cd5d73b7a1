"""What looking, trying and loading share: a job on the files, and what each file is."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pandas as pd

from analytics import scratch
from analytics.company import Company, company_of
from analytics.fiscal import Calendar
from analytics.importing.as_mapping import mapping_from
from analytics.importing.choices import Choices, SeenFile
from analytics.intake import contacts, lists, rates, stage_files, table, targets
from analytics.intake import hubspot_objects as hubspot
from analytics.intake.files import SHEET_SUFFIXES, TABLE_SUFFIXES, Source, find
from analytics.intake.guessing import guess_columns
from analytics.intake.job import Formats, Job
from analytics.intake.objects import object_of
from analytics.intake.raw import Probe, probe
from analytics.intake.sniff import ReadOptions
from analytics.problems import BadInput
from analytics.sheets import known_of
from analytics.store.database import Store
from analytics.store.staging import Staging

Progress = Callable[[float, str], None]
_SHOWN = 50
#: The file that typed exchange rates are read from: nobody gave it, so its rows are not counted.
TYPED_RATES = "exchange rates typed in.csv"


def silent(share: float, text: str) -> None:
    """Progress that nobody watches."""


def company_or_default(store: Store) -> Company:
    """The company's settings; the defaults where there is no store yet."""
    return company_of(store) if store.exists else Company("", "USD", "en_US", Calendar())


@contextmanager
def job_on(store: Store, choices: Choices, report: Progress) -> Iterator[Job]:
    """A job that reads files and lands nothing."""
    staging = Staging()
    try:
        with scratch.folder() as folder:
            calendar = company_or_default(store).calendar
            formats = Formats(choices.date_order or None, choices.decimal or None)
            yield Job(
                staging, folder, calendar.time_zone, choices.as_of, True, report, formats,
                calendar.start_month,
            )  # fmt: skip
    finally:
        staging.con.close()


@contextmanager
def staged(store: Store, paths: Sequence[Path], choices: Choices, report: Progress) -> Iterator[Staging]:
    """The files, read by the choices."""
    company = company_or_default(store)
    calendar = company.calendar
    with scratch.folder() as folder:
        staging = stage_files(
            [*paths, *_typed_rates(folder, choices, company.currency)],
            kind="auto",
            mapping=mapping_from(choices),
            as_of=choices.as_of,
            time_zone=calendar.time_zone,
            quarter_start_month=calendar.start_month,
            year_named_by=calendar.named_by,
            partial=not choices.is_full,
            known=known_of(store),
            told={label: kind or "skip" for label, kind in choices.kinds.items()},
            progress=report,
        )
    try:
        yield staging
    finally:
        staging.con.close()


def _typed_rates(folder: Path, choices: Choices, currency: str) -> list[Path]:
    """Exchange rates that were typed in, as a file like any other; none: no file."""
    if not choices.rates:
        return []
    path = folder / TYPED_RATES
    rows = [f"{code},{rate!r}" for code, rate in sorted(choices.rates.items())]
    path.write_text("\n".join([f"currency,Value in {currency}", *rows]) + "\n", encoding="utf-8")
    return [path]


def seen_files(job: Job, paths: Sequence[Path], kinds: dict[str, str]) -> list[tuple[SeenFile, Probe | None]]:
    """Every file with what it is; what a person said of it counts."""
    sources = find([Path(path) for path in paths], job.work, TABLE_SUFFIXES | SHEET_SUFFIXES)
    found = []
    for number, source in enumerate(sources):
        job.progress(number / len(sources), f"looking at {source.label}")
        found.append(_seen(job, source, kinds.get(source.label)))
    if any(file.label not in kinds and hubspot.is_own(file.header) for file, _ in found):
        return [(_of_hubspot(file) if file.label not in kinds else file, held) for file, held in found]
    return found


def _of_hubspot(file: SeenFile) -> SeenFile:
    """A file among HubSpot's: most of them are known as such only beside its deals or their history."""
    object_ = hubspot.object_of(file.header)
    if object_ is None:
        return file
    is_history = object_ in (hubspot.HISTORY, hubspot.STAGE_HISTORY)
    return replace(file, kind="history" if is_history else "hubspot")


def _seen(job: Job, source: Source, told: str | None) -> tuple[SeenFile, Probe | None]:
    nothing = pd.DataFrame()
    if source.is_sheet:
        return SeenFile(source.label, "blue-sheets" if told is None else told, (), nothing, 0), None
    try:
        held = probe(source, job.work, ReadOptions())
    except BadInput as problem:
        kind = "" if told == "" else "unknown"
        return SeenFile(source.label, kind, (), nothing, 0, str(problem)), None
    sample = _sample(held)
    kind = _kind(held, sample) if told is None else told
    lines = max(_lines_below(held), len(sample))
    return SeenFile(source.label, kind, held.header, sample, lines), held


def _lines_below(held: Probe) -> int:
    """Lines below the header; those of a workbook are in the CSV that was written of it."""
    if not held.with_lines:
        return held.lines - held.header_line
    with held.path.open("rb") as file:
        return sum(1 for _ in file)


def _kind(held: Probe, sample: pd.DataFrame) -> str:
    """What a file is, as the import finds it out; a table in which deals can be guessed is one of deals."""
    if object_of(held.source.path.name, held.header) is not None:
        return "salesforce"
    if lists.is_answers(held.header):
        return "answers"
    if targets.is_targets(held.header):
        return "targets"
    if rates.is_rates(held.header):
        return "rates"
    if contacts.is_contacts(held.header):
        return "contacts"
    if table.guess(held.header) is not None:
        return "deals"
    guessed = guess_columns(held.header, sample)
    looks_so = {"deal_id", "name"} & set(guessed) and {"stage", "status", "amount"} & set(guessed)
    return "deals" if looks_so and len(guessed) >= 3 else "unknown"


def _sample(held: Probe) -> pd.DataFrame:
    """The first rows as they are written, one column per header cell."""
    with held.path.open("r", encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=held.delimiter)
        skip = 0 if held.with_lines else held.header_record + 1
        try:
            rows = [row for row in islice(reader, skip, skip + _SHOWN) if any(row)]
        except csv.Error:
            rows = []
    if held.with_lines:
        rows = [row[1:] for row in rows]
    width = len(held.header)
    cells = [(row + [""] * width)[:width] for row in rows]
    return pd.DataFrame(cells, columns=range(width), dtype=str)
