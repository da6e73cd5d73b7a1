"""What an unknown table's columns and stages probably mean. Guesses only: a person sees and changes them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from analytics.intake.fields import locate
from analytics.intake.mapping import StageRule
from analytics.intake.table_fields import FIELDS

#: Parts of column names, in the order in which fields choose; kept short, a person decides.
_HINTS: dict[str, str] = {
    "close_date": r"clos|abschlu|sluit|cl[oô]ture|cierre|fech|chius|erwartet|expected|verwacht|prevu|due",
    "created": r"creat|erstell|angelegt|aangemaakt|cr[eé]|creaci|criad|opened|eröffn|start|datum in",
    "amount": r"acv|amount|value|wert|betrag|waarde|bedrag|montant|importe|valor|umsatz|revenue|volum|summe"
    r"|belopp|bel[øo][pb]|värde|verdi",
    "probability": r"probab|wahrschein|kans|waarschijn|chance|win ?%|likel",
    "stage": r"stage|phase|fase|etap|étape|stufe|step|pipeline|status",
    "status": r"status|aktiv$|actief$|^active|^is.?active|state$|\bétat|estado",
    "owner": r"owner|rep\b|seller|besitzer|eigen[aä]|verk[aä]uf|verkoper|vendeur|commercial|vendedor|respons"
    r"|zuständig|betreuer|manager|agent|executive",
    "account_name": r"account|compan|kunde|klant|client|customer|organi|firma|soci[eé]t|empresa|bedrijf",
    "deal_id": r"\bid\b|_id\b|nr\b|num|ref|key|code|kenn",
    "name": r"name|titel|title|deal|oppor|projekt|project|bezeichn|onderwerp|omschrijv|intitul|topic|chance",
    "forecast_category": r"categor|kategor|forecast|prognose",
    "currency": r"currenc|währung|valuta|devise|moneda|moeda",
    "next_step": r"next|nächst|volgend|prochain|pr[oó]xim",
    "last_activity": r"activ|aktivit|contact",
}
_DATES = {"close_date", "created", "last_activity", "closed"}
_NUMBERS = {"amount", "probability"}
_DATE = re.compile(
    r"^\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}([ T].*)?$|^\d{1,2}\.? [A-Za-zäé]{3,9}\.? \d{2,4}|^\d{13}$"
)
_NUMBER = re.compile(r"^[^\dA-Za-z]*[A-Z$€£]{0,3}\s*[\d.,' \u00a0\u202f]+\s*[A-Za-z$€£%.]{0,3}$")


def guess_columns(header: Sequence[str], sample: pd.DataFrame) -> dict[str, str]:
    """Our field -> their label: by the names that CRMs use, else by parts of names whose values fit."""
    found = {name: header[number] for name, number in locate(header, FIELDS).items()}
    for name, hint in _HINTS.items():
        if name in found:
            continue
        for number, label in enumerate(header):
            if label and label not in found.values() and re.search(hint, label.lower()):
                values = sample.iloc[:, number] if number < sample.shape[1] else pd.Series(dtype=str)
                if _fits(name, [value for value in values if isinstance(value, str) and value.strip()]):
                    found[name] = label
                    break
    _expected_first(found, header, sample)
    return {name: found[name] for name in (field.name for field in FIELDS) if name in found}


_EXPECTED = re.compile(r"erwart|expect|estim|verwacht|pr[eé]v|plan|previst|forecast|target", re.IGNORECASE)


def _expected_first(found: dict[str, str], header: Sequence[str], sample: pd.DataFrame) -> None:
    """Where one column says when a deal closed and another when it should: both are read."""
    if "closed" in found or "close_date" not in found or _EXPECTED.search(found["close_date"]):
        return
    for number, label in enumerate(header):
        if label in found.values() or not _EXPECTED.search(label) or number >= sample.shape[1]:
            continue
        if _fits("close_date", [value for value in sample.iloc[:, number] if str(value).strip()]):
            found["closed"], found["close_date"] = found["close_date"], label
            return


def _fits(name: str, values: list[str]) -> bool:
    """Whether values look like those of a field; a column without any value fits nothing."""
    if not values:
        return False
    dates = sum(bool(_DATE.match(value.strip())) for value in values) / len(values)
    numbers = sum(bool(_NUMBER.match(value.strip())) for value in values) / len(values)
    if name in _DATES:
        return dates > 0.7
    if name in _NUMBERS:
        return numbers > 0.7 and dates < 0.5
    if name == "deal_id":
        return len(set(values)) == len(values) and dates < 0.5
    if name == "status":
        repeats = len(values) < 8 or len(set(values)) < len(values) / 2
        return dates < 0.5 and len(set(values)) <= 8 and repeats
    if name in ("stage", "owner", "forecast_category", "currency"):
        return numbers < 0.5 and dates < 0.5 and (len(values) < 8 or len(set(values)) <= 0.7 * len(values))
    return dates < 0.5 and numbers < 0.5


#: How far along a stage is, by parts of its name (first match counts).
_STEPS: tuple[tuple[str, float], ...] = (
    (r"verbal|contract|vertrag|contrat|legal|signature|paper|award|mündlich|bestell|order", 0.85),
    (r"negotiat|verhandl|onderhandel|n[eé]goci|negocia|procure|commit|closing", 0.75),
    (r"proposal|quote|angebot|offerte|propos|offre|propuesta|oferta|tender|pricing|rfp", 0.55),
    (r"demo|present|präsent|eval|poc|pilot|proof|trial|solution|lösung|valid|technical|test", 0.4),
    (r"qualif|discover|analy|bedarf|needs|besoin|erst|first|meeting|afspraak|scop|interview", 0.2),
    (r"new|neu|nieuw|lead|prospect|kontakt|contact|identif|inbound|target|open", 0.1),
)
_NUMBERED = re.compile(r"^\s*(?:stage|phase|stufe|fase|step|s)?\s*(\d{1,2})\b", re.IGNORECASE)


def progress_of(stage: str, probability: float | None) -> float | None:
    """How far along an open stage is, 0-1, by its probability or its name; None where neither tells."""
    if probability is not None:
        return probability
    return next((share for part, share in _STEPS if re.search(part, stage.lower())), None)


#: Names that a closed deal's stage may have as well as an open one's: a person must say which.
_MAY_BE_CLOSED = re.compile(
    r"sign|unterz|unterschr|underskr|underteckn|getekend|ondertek|firm|order|bestell|auftrag|opdracht|live"
    r"|customer|kunde|klant|award|active|aktiv|actief|done|complete|afgerond|geschl|closed|deliver|invoice|rechn"
    r"|factu|implement|onboard|renew|accept|angenomm|aceptad|receiv|erhalten|ontvangen|erteilt|execut|confirm"
    r"|bestät|bevestigd|reject|declin|abgelehnt|abgesagt|afgewezen|refus|rechaz|lost|verlor|perdu|cancel|storn",
    re.IGNORECASE,
)


def is_surely_open(stage: str, probability: float | None) -> bool:
    """Whether a stage is open without asking: its deals have chances between, or its name says where."""
    if probability is not None:
        return 0 < probability < 1
    return progress_of(stage, None) is not None and not _MAY_BE_CLOSED.search(stage)


def in_order(stages: Mapping[str, float | None]) -> list[str]:
    """Open stages in the order in which deals pass them: by leading numbers, else by how far along."""
    numbers = {stage: int(match[1]) for stage in stages if (match := _NUMBERED.match(stage))}
    if len(numbers) == len(stages) and len(set(numbers.values())) == len(stages):
        return sorted(stages, key=lambda stage: numbers[stage])
    return sorted(stages, key=lambda stage: (0.5 if stages[stage] is None else stages[stage], stage))


def suggested_rules(
    closed: Mapping[str, bool], open_stages: Mapping[str, float | None], categories: Mapping[str, str]
) -> dict[str, StageRule]:
    """A rule for each stage. `closed`: stage -> won; `open_stages`: stage -> probability as far as known."""
    ordered = in_order({stage: progress_of(stage, p) for stage, p in open_stages.items()})
    rules = {}
    for place, stage in enumerate(ordered):
        told = progress_of(stage, open_stages[stage])
        even = round((place + 1) / (len(ordered) + 1), 2)
        chance = round(told, 2) if told is not None else even
        category = categories.get(stage) or category_at(chance)
        rules[stage] = StageRule(stage, chance, category, order=place + 1)
    for place, (stage, won) in enumerate(sorted(closed.items(), key=lambda item: not item[1])):
        chance, category = (1.0, "Closed") if won else (0.0, "Omitted")
        rules[stage] = StageRule(stage, chance, category, True, won, len(ordered) + place + 1)
    return rules


def category_at(probability: float) -> str:
    """The forecast category that CRMs put at a stage of this probability by default."""
    return "Commit" if probability >= 0.8 else "Best Case" if probability >= 0.6 else "Pipeline"
