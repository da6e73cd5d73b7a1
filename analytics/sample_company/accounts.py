"""Accounts and deal numbers: who the buyer is by name, and in which line of business."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.sample_company.arrays import Ints, Words, stream, words
from analytics.sample_company.history import Stage
from analytics.sample_company.names import CITIES, COMPANY_KINDS, COMPANY_STEMS, INDUSTRIES
from analytics.sample_company.people import TEAMS


@dataclass(frozen=True)
class Accounts:
    """Per deal: its id and account; per account: id, name, industry, city."""

    deal_id: Words
    of_deal: Ints
    account_id: Words
    name: Words
    industry: Ints
    city: Words


def draw_accounts(stage: Stage) -> Accounts:
    """New business brings a new account; expansions go back to a smaller circle of old customers."""
    rng = stream(stage.options.seed, "accounts")
    traits = stage.traits
    count = len(traits)
    customers = max(count // 14, 3)
    of_deal = np.where(traits.expansion, _old_customer(stage, customers, rng), customers + np.arange(count))
    twin = traits.duplicate_of >= 0
    of_deal[twin] = of_deal[traits.duplicate_of[twin]]
    used, of_deal = np.unique(of_deal, return_inverse=True)
    region = np.empty(len(used), dtype=object)
    region[of_deal] = words([row[1] for row in TEAMS])[stage.people.seat_team[traits.seat]]
    industry = rng.integers(0, len(INDUSTRIES), len(used))
    city = [str(rng.choice(CITIES[r])) for r in region]
    shuffled = rng.permutation(count)
    return Accounts(
        deal_id=words([f"NB-{number:06d}" for number in shuffled + 100_000]),
        of_deal=of_deal,
        account_id=words([f"A{number:06d}" for number in rng.permutation(len(used)) + 1]),
        name=_names(industry, city, rng),
        industry=industry,
        city=words(city),
    )


def _old_customer(stage: Stage, customers: int, rng: np.random.Generator) -> Ints:
    """A customer of the deal's own team."""
    team = stage.people.seat_team[stage.traits.seat]
    per_team = max(customers // len(TEAMS), 1)
    picked: Ints = team + len(TEAMS) * rng.integers(0, per_team, len(team))
    return np.minimum(picked, customers - 1)


def _names(industry: Ints, city: list[str], rng: np.random.Generator) -> Words:
    """Names that sound like the industry; told apart by their city where they meet."""
    taken: set[str] = set()
    names = []
    stems = rng.integers(0, len(COMPANY_STEMS), len(industry))
    for number, place in enumerate(city):
        kinds = COMPANY_KINDS[INDUSTRIES[industry[number]]]
        name = f"{COMPANY_STEMS[stems[number]]} {kinds[int(rng.integers(0, len(kinds)))]}"
        if name in taken:
            name = f"{name} {place}"
        base, again = name, 2
        while name in taken:
            name, again = f"{base} {again}", again + 1
        taken.add(name)
        names.append(name)
    return words(names)
