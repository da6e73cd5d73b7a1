"""What must still be decided before files are loaded, and what it costs if it is not."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
from babel.numbers import is_currency

from analytics.importing.choices import Choices, Look, Open
from analytics.intake.fields import key
from analytics.intake.table_fields import without
from analytics.wording import count, listed


def check(look: Look, choices: Choices) -> list[Open]:
    """What is still open, what blocks first; empty: the files can be loaded."""
    points = [*_files(look), *_misfits(look, choices), *_questions(look, choices)]
    if not look.is_mapped:
        points += _words(look, choices)
    elif any(file.kind == "deals" for file in look.files):
        points += [*_columns(choices), *_words(look, choices), *_matches(look, choices)]
    return sorted(points, key=lambda point: not point.blocks)


def _files(look: Look) -> list[Open]:
    broken = [file.label for file in look.files if file.problem and file.kind]
    unknown = [file.label for file in look.files if file.kind == "unknown" and not file.problem]
    points = []
    if broken:
        # what lies in a zip with others is left out; what was named itself stops the loading
        stops = any("/" not in label for label in broken)
        what = f"{listed(broken)} cannot be read{': leave it out, or give another file' if stops else ''}"
        points.append(Open("files", what, "Nothing of it is loaded.", stops))
    if unknown:
        what = f"{listed(unknown)}: it is not clear what this is. Say what it is, or leave it out"
        points.append(Open("files", what, "Nothing of it is loaded.", False))
    return points


def misfits(look: Look, choices: Choices) -> dict[str, list[str]]:
    """Lists of deals that cannot be read by the chosen columns -> those of the columns that they lack."""
    if not look.is_mapped:
        return {}
    found = {}
    for file in look.files:
        if file.kind == "deals" and not file.problem:
            own = {key(label) for label in file.header}
            found[file.label] = [label for label in choices.columns.values() if key(label) not in own]
    return {file: lacking for file, lacking in found.items() if lacking}


def _misfits(look: Look, choices: Choices) -> list[Open]:
    lines = {file.label: file.lines for file in look.files}
    return [
        Open(
            "files",
            f"{file} is another table: it lacks {_named(lacking)}. Leave it out and load it by itself, or"
            " choose only columns that all files have",
            f"Its {count(lines[file], 'row')} would not be loaded.",
            True,
        )
        for file, lacking in misfits(look, choices).items()
    ]


def _questions(look: Look, choices: Choices) -> list[Open]:
    chosen = {"dates": choices.date_order, "decimals": choices.decimal}
    return [
        Open(where, question, "Dates or amounts could be read wrong.", True)
        for where, question in look.questions.items()
        if not chosen.get(where)
    ]


def _columns(choices: Choices) -> list[Open]:
    points = []
    if not {"deal_id", "name"} & set(choices.columns):
        points.append(
            Open("columns", "No column says which deal a row is: choose Deal id or Deal name", "", True)
        )
    if not {"stage", "status"} & set(choices.columns):
        points.append(Open("columns", "No column says where a deal stands: choose Stage or Status", "", True))
    points += [
        Open("columns", f"No column is chosen for {name.replace('_', ' ')}", cost, False)
        for name, cost in without(choices.columns).items()
    ]
    used = [label for label in choices.columns.values() if label]
    if double := sorted({label for label in used if used.count(label) > 1}):
        points.append(Open("columns", f"{listed(double)} is chosen twice", "", False))
    return points


def _words(look: Look, choices: Choices) -> list[Open]:
    points = []
    stages = look.stages[~look.stages["stage"].isin(list(choices.stages))]
    if len(stages):
        what = (
            f"Say what {_named(stages['stage'])} {'means' if len(stages) == 1 else 'mean'}: open, won or lost"
        )
        points.append(Open("stages", what, _cost(stages, choices), True))
    is_told = look.is_mapped and len(look.stages) and not len(stages) and "status" not in choices.columns
    if is_told and not any(rule.won for rule in choices.stages.values()):
        cost = "Nothing in these files counts as won. If they hold won deals, say which stage that is."
        points.append(Open("stages", "No stage means won", cost, False))
    statuses = look.statuses[~look.statuses["value"].isin(list(choices.statuses))]
    if len(statuses):
        names = _named(statuses["value"])
        what = f"Say what the status {names} says: open, won, lost, deleted, or as the stage says"
        points.append(Open("statuses", what, _cost(statuses, choices), True))
    unmapped = look.categories[~look.categories["value"].isin(list(choices.categories))]
    if len(unmapped):
        what = f"Say which forecast category {_named(unmapped['value'])} is"
        points.append(Open("categories", what, _cost(unmapped, choices), True))
    return points + _money(look, choices)


def _money(look: Look, choices: Choices) -> list[Open]:
    codes = look.currencies["value"].map(lambda value: choices.currencies.get(value, str(value).upper()))
    is_code = codes.map(is_currency).astype(bool)
    strange = look.currencies[~is_code]
    points = []
    if len(strange):
        what = f"Say which currency {_named(strange['value'])} is"
        points.append(Open("currencies", what, _cost(strange, choices), True))
    convertible = look.with_rate | set(choices.rates)
    rateless = look.currencies[is_code & ~codes.isin(convertible)]
    if len(rateless):
        what = f"There is no exchange rate for {_named(rateless['value'])}"
        points.append(
            Open("rates", what, f"{_cost(rateless, choices)} Until then they count in no total.", False)
        )
    if choices.currency and choices.currency not in convertible and _some_name_none(look):
        what = (
            f"The deals are in {choices.currency}, the company's totals in {look.company_currency}, and there"
            " is no exchange rate: say which currency it is, set the company's, or load rates"
        )
        points.append(Open("currencies", what, "These deals count in no total.", True))
    return points


def _some_name_none(look: Look) -> bool:
    """Whether there are deals that say nothing of their currency."""
    deals = max(int(words["deals"].sum()) for words in (look.stages, look.statuses))
    return int(look.currencies["deals"].sum()) < deals


def _matches(look: Look, choices: Choices) -> list[Open]:
    waiting = look.matches[~look.matches["row_key"].isin(list(choices.matches))]
    if waiting.empty:
        return []
    rows = count(len(waiting), "row")
    what = f"{rows} without an id could be a deal that is known: say which, or that it is new"
    return [Open("matches", what, f"{_cost(waiting, choices)} They are not loaded until then.", False)]


def _named(values: Collection[object]) -> str:
    names = [f"'{value}'" for value in values]
    return listed(names) if len(names) <= 4 else f"{', '.join(names[:3])} and {len(names) - 3:,} more"


def _cost(rows: pd.DataFrame, choices: Choices) -> str:
    """Deals and money as written; amounts of several currencies are not added up in any of them."""
    deals = int(rows["deals"].sum()) if "deals" in rows else len(rows)
    amounts = pd.to_numeric(rows["amount"], errors="coerce")
    if amounts.isna().all():
        return f"{count(deals, 'deal')}."
    return f"{count(deals, 'deal')} with {amounts.sum():,.0f} as written."
