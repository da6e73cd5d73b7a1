"""Look at files before anything is loaded: what they are, and what is written in their deals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from babel.numbers import is_currency

from analytics.importing.as_mapping import with_mapping
from analytics.importing.choices import FILE_KINDS, Choices, Look, SeenFile
from analytics.importing.kept import Kept, find_kept, kept_as
from analytics.importing.matches import waiting_rows
from analytics.importing.reading import Progress, company_or_default, job_on, seen_files, silent, staged
from analytics.importing.words import KR, Words, no_words, words_of, words_unsaid
from analytics.intake.files import day_in_name
from analytics.intake.guessing import guess_columns
from analytics.intake.raw import Probe
from analytics.intake.values import KRONA
from analytics.problems import BadInput
from analytics.store.database import Store

_BY_OWN_NAMES = {"salesforce", "hubspot", "history"}


def look(
    store: Store, paths: Sequence[Path], choices: Choices | None = None, progress: Progress | None = None
) -> Look:
    """Look at files, folders or zips. `choices`: what was chosen so far; what it lacks is guessed.

    Raises BadInput where no file can be read at all.
    """
    given = choices or Choices()
    with job_on(store, given, progress or silent) as job:
        seen = seen_files(job, paths, given.kinds)
        files = tuple(file for file, _ in seen)
        if not any(file.kind and not file.problem for file in files):
            raise _nothing(files)
        if any(file.kind in _BY_OWN_NAMES for file in files):
            is_full = choices is None or given.is_full
            return _look_at_export(store, paths, files, replace(given, is_full=is_full), job.progress)
        deals = [(file, held) for file, held in seen if file.kind == "deals" and held is not None]
        kept = find_kept(store, deals[0][0].header) if deals and not given.columns else None
        chosen = _completed(given, deals, kept)
        words = words_of(job, [held for _, held in deals], chosen) if deals else no_words()
        words.matches = waiting_rows(store, paths, chosen)
        own = company_or_default(store).currency
        currency = chosen.currency or _currency_of(chosen) or own
        chosen = replace(
            chosen,
            stages=words.sure_stages | chosen.stages,
            categories=words.sure_categories | chosen.categories,
            statuses=words.sure_statuses | chosen.statuses,
            currencies=words.sure_currencies | _krona(words, currency, own) | chosen.currencies,
            currency=currency,
            as_of=chosen.as_of or (day_in_name(deals[0][0].label) if len(deals) == 1 else None),
        )
    return _as_look(files, chosen, words, kept, own, _rates(store) | {own})


def _look_at_export(
    store: Store, paths: Sequence[Path], files: tuple[SeenFile, ...], given: Choices, report: Progress
) -> Look:
    """An export that is read by its own names: only what it leaves unsaid is asked."""
    kind = "salesforce" if any(file.kind == "salesforce" for file in files) else "hubspot"
    kept = kept_as(store, FILE_KINDS[kind])
    chosen = replace(given, columns={}, name=FILE_KINDS[kind])
    chosen = with_mapping(chosen, kept.mapping) if kept else chosen
    try:
        # as if nothing had been said yet: what was said is shown with the rest
        with staged(store, paths, replace(chosen, stages={}, categories={}), report) as staging:
            words = words_unsaid(staging)
    except BadInput:
        words = no_words()  # the try says why it cannot be read
    own = company_or_default(store).currency
    return replace(_as_look(files, chosen, words, kept, own, frozenset({own})), is_mapped=False)


def _rates(store: Store) -> frozenset[str]:
    """The currencies of which the store knows what they are worth."""
    if not store.exists:
        return frozenset()
    return frozenset(store.query("rate_steps", as_of_end=datetime(9999, 1, 1))["currency"])


def _as_look(
    files: tuple[SeenFile, ...],
    chosen: Choices,
    words: Words,
    kept: Kept | None,
    own: str,
    with_rate: frozenset[str],
) -> Look:
    return Look(
        files,
        chosen,
        words.stages,
        words.categories,
        words.statuses,
        words.owners,
        words.currencies,
        words.matches,
        words.suggested,
        words.suggested_statuses,
        words.questions,
        kept.mapping.name if kept else "",
        kept.on if kept else None,
        tuple(name for name in words.stages["stage"] if name not in kept.mapping.stages) if kept else (),
        own,
        with_rate,
    )


def _completed(given: Choices, deals: Sequence[tuple[SeenFile, Probe]], kept: Kept | None) -> Choices:
    """The choices with columns: as chosen, else as kept, else guessed."""
    if kept:
        return with_mapping(given, kept.mapping)
    if not deals or given.columns:
        return given
    file = deals[0][0]
    name = given.name if given.name != Choices().name else _name_of(file.label)
    return replace(given, name=name, columns=guess_columns(file.header, file.sample))


def _currency_of(choices: Choices) -> str:
    """The currency that the header of the amounts names, such as 'Value (EUR)'."""
    codes = re.findall(r"\b[A-Z]{3}\b|€|£", choices.columns.get("amount", ""))
    named = [{"€": "EUR", "£": "GBP"}.get(code, code) for code in codes]
    return next((code for code in named if is_currency(code)), "")


def _krona(words: Words, *told: str) -> dict[str, str]:
    """What 'kr' means, where the list's or the company's currency is one that is written so."""
    is_written = KR in set(words.currencies["value"])
    code = next((code for code in told if code in KRONA), None)
    return {KR: code} if code and is_written else {}


def _name_of(label: str) -> str:
    """A name for the mapping: the file's, without the digits that change every week."""
    stem = Path(label).stem.lower()
    letters = "".join(sign if sign.isalpha() else "-" for sign in stem)
    return "-".join(part for part in letters.split("-") if part) or Choices().name


def _nothing(files: Sequence[SeenFile]) -> BadInput:
    problems = [file.problem for file in files if file.problem]
    if problems:
        return BadInput("no file can be read", got="; ".join(problems)[:500])
    return BadInput(
        "no file is left", expected="at least one file with deals, answers or targets", to_do="Add a file."
    )
