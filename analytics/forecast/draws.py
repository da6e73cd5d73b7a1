"""Simulated quarter-end bookings: the same luck for all, each deal's own, what is not created yet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.sparse import csc_matrix, vstack

from analytics.forecast.later_deals import LaterDeals
from analytics.forecast.luck import GRID, RHOS, Cohort, given, luck_weights, thresholds

DRAWS = 10_000
QUANTILES = (0.1, 0.5, 0.9)
#: Deal x draw cells that are held in memory at most.
_MOST_CELLS = 100_000_000
_FEWEST_DRAWS = 1_000


@dataclass(frozen=True)
class Outlook:
    """What is drawn from, for one quarter or several in a row (quarter x ...).

    `chances`: deal x quarter, to be won in the quarter if not won before; `redrawn`: draw x deal x quarter,
    the same under redrawn histories; `amounts`: expected amount at close; `spread`: of its logarithm; `rho`:
    weights of RHOS; `cohort` and `share_by_now`: what the first quarter shows so far; `later`: per quarter.
    """

    deal_ids: pd.Index
    owner_ids: np.ndarray
    chances: np.ndarray
    redrawn: np.ndarray
    amounts: np.ndarray
    spread: float
    rho: np.ndarray
    cohort: Cohort | None
    share_by_now: float
    later: list[LaterDeals]

    @classmethod
    def of(
        cls,
        deals: pd.DataFrame,
        *,
        chances: np.ndarray,
        redrawn: np.ndarray,
        spread: float,
        rho: np.ndarray,
        so_far: tuple[Cohort | None, float],
        later: list[LaterDeals],
    ) -> Outlook:
        """From deals with deal_id, owner_id, amount_company and amount_ratio; no amount brings nothing."""
        return cls(
            deal_ids=pd.Index(deals["deal_id"]),
            owner_ids=deals["owner_id"].to_numpy(dtype=object),
            chances=chances,
            redrawn=redrawn,
            amounts=(deals["amount_company"].fillna(0.0) * deals["amount_ratio"]).to_numpy(float),
            spread=spread,
            rho=rho,
            cohort=so_far[0],
            share_by_now=so_far[1],
            later=later,
        )

    @property
    def mean_rho(self) -> float:
        """The expected correlation."""
        return float((self.rho * RHOS).sum())

    def adjusted(self) -> np.ndarray:
        """Deal x quarter: the chance to be won in it, after what the first quarter shows so far.

        The mean over all correlations as the draws have them, so that their mean is the expected money.
        """
        found = self.chances.copy()
        if self.cohort is not None and self.share_by_now > 0:
            cuts = thresholds(self.chances[:, 0])[None, :]
            first = np.zeros(len(found))
            for rho, likely in zip(RHOS, self.rho, strict=True):
                weights = luck_weights(self.cohort, self.share_by_now, rho)
                first += likely * (weights @ given(cuts, rho, GRID[:, None]))
            found[:, 0] = np.where(self.chances[:, 0] > 0, first, 0.0)
        left = np.cumprod(1 - found, axis=1)
        found[:, 1:] *= left[:, :-1]
        return found

    def later_factor(self, adjusted: np.ndarray) -> float:
        """How much more (or less) than usual the first quarter brings, as a factor on expected wins.

        `adjusted`: what `adjusted()` gave.
        """
        before, after = self.chances[:, 0].sum(), adjusted[:, 0].sum()
        return float(after / before) if before > 0 else 1.0


@dataclass(frozen=True)
class Drawn:
    """One simulated quarter many times: `won` (draw x deal, money), `later` (draw x owner, money)."""

    deal_ids: pd.Index
    owner_ids: np.ndarray
    owners: pd.Index  # of the columns of `later`
    won: csc_matrix
    later: np.ndarray
    luck: np.ndarray  # of the quarter, per draw
    rho: np.ndarray  # per draw
    amounts: np.ndarray  # expected at close, per deal
    spread: float

    def by_owner(self, owners: pd.Index) -> np.ndarray:
        """Money of open deals and those not created yet, draw x `owners`; others are left out."""
        place = owners.get_indexer(pd.Index(self.owner_ids))
        here = np.flatnonzero(place >= 0)
        member = csc_matrix(
            (np.ones(len(here)), (here, place[here])), shape=(len(self.owner_ids), len(owners))
        )
        found = np.asarray((self.won @ member).todense())
        known = owners.get_indexer(self.owners)
        found[:, known[known >= 0]] += self.later[:, known >= 0]
        return found


def simulate(outlook: Outlook, *, draws: int = DRAWS, seed: int = 0) -> list[Drawn]:
    """Draw the outlook's quarters, each deal won in at most one of them; equal seeds give equal draws."""
    rng = np.random.default_rng(seed)
    blocks = max(len(outlook.redrawn), 1)
    quarters, n = outlook.chances.shape[1], len(outlook.deal_ids)
    draws = min(draws, max(_MOST_CELLS // max(n, 1), _FEWEST_DRAWS))
    each = max(draws // blocks, 1)
    asked = (np.arange(blocks) + 0.5) / blocks
    rhos = RHOS[np.searchsorted(np.cumsum(outlook.rho), asked).clip(max=len(RHOS) - 1)]
    rng.shuffle(rhos)
    shared = {rho: _Shared.of(outlook, rho) for rho in np.unique(rhos)}
    won: list[list[csc_matrix]] = [[] for _ in range(quarters)]
    later: list[list[np.ndarray]] = [[] for _ in range(quarters)]
    lucks: list[list[np.ndarray]] = [[] for _ in range(quarters)]
    cuts = _cuts(outlook)
    for block, rho in enumerate(rhos):
        left = np.ones((each, n), dtype=bool)
        for at in range(quarters):
            luck = _luck(shared[rho].weights[min(at, 1)], each, rng)
            now = _won(cuts[block, :, at], rho, luck, rng) & left & (outlook.chances[:, at] > 0)
            left &= ~now
            lucks[at].append(luck)
            won[at].append(_money(now, outlook, rng))
            factor = np.interp(luck, GRID, shared[rho].factors[:, at])
            later[at].append(_later(outlook.later[at], factor, rng))
    return [
        Drawn(
            outlook.deal_ids,
            outlook.owner_ids,
            outlook.later[at].shares.index,
            csc_matrix(vstack(won[at])),
            np.concatenate(later[at]),
            np.concatenate(lucks[at]),
            np.repeat(rhos, each),
            outlook.amounts,
            outlook.spread,
        )
        for at in range(quarters)
    ]


def drawn_deal(drawn: Drawn, at: int, chance: float, amount: float) -> np.ndarray:
    """Money of one deal per draw, had it this chance (0-1) and amount: the quarter's luck, its own dice.

    The chance holds after what the quarter shows so far, which the drawn luck holds already: the threshold is
    the one that gives this chance on average over these draws.
    """
    rng = np.random.default_rng([1, at])
    asked = float(np.clip(chance, 1e-9, 1 - 1e-9))
    cut = brentq(lambda one: given(one, drawn.rho, drawn.luck).mean() - asked, -20.0, 20.0, xtol=1e-6)
    now = rng.random(len(drawn.luck)) < given(cut, drawn.rho, drawn.luck)
    noise = np.exp(drawn.spread * rng.standard_normal(len(now)) - drawn.spread**2 / 2)
    return np.where(now, amount * noise, 0.0)


def _cuts(outlook: Outlook) -> np.ndarray:
    """Thresholds per redrawn history (draw x deal x quarter), around those of the chances.

    Spread alone would move the mean chance: E[ndtr(c + t z)] = ndtr(c / sqrt(1 + t^2)), so c is moved out.
    """
    centre = thresholds(outlook.chances)[None]
    if not len(outlook.redrawn):
        return np.asarray(centre)
    found = thresholds(outlook.redrawn)
    moved = found - found.mean(axis=0, keepdims=True)
    return np.asarray(centre * np.sqrt(1 + moved.var(axis=0, keepdims=True)) + moved)


@dataclass(frozen=True)
class _Shared:
    """What follows from one correlation: how likely each luck of GRID is (in the first quarter, in later
    ones), and by which factor more than usual it brings (luck x quarter)."""

    weights: tuple[np.ndarray, np.ndarray]
    factors: np.ndarray

    @classmethod
    def of(cls, outlook: Outlook, rho: float) -> _Shared:
        first = luck_weights(outlook.cohort, outlook.share_by_now, rho)
        later = luck_weights(None, 0.0, rho)
        usual = outlook.chances.sum(axis=0)
        nodes = GRID[::2]  # straight lines between few nodes of a hollow curve would lie above it
        factors = [
            given(thresholds(outlook.chances[:, at])[None, :], rho, nodes[:, None]).sum(axis=1) / usual[at]
            if usual[at] > 0
            else np.ones(len(nodes))
            for at in range(len(usual))
        ]
        return cls((first, later), np.column_stack([np.interp(GRID, nodes, one) for one in factors]))


def _luck(weights: np.ndarray, each: int, rng: np.random.Generator) -> np.ndarray:
    """The quarter's luck, a value per draw, stratified so that few draws cover all of it."""
    asked = (np.arange(each) + rng.random(each)) / each
    step = GRID[1] - GRID[0]
    found: np.ndarray = np.interp(asked, np.cumsum(weights), GRID + step / 2)
    rng.shuffle(found)
    return found


def _won(cuts: np.ndarray, rho: float, luck: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Which deals are won (draw x deal)."""
    own = rng.standard_normal((len(luck), len(cuts)), dtype=np.float32)
    scale = 1 / np.sqrt(1 - rho)
    needed = (scale * cuts).astype(np.float32)[None, :]
    found: np.ndarray = own < needed + (scale * np.sqrt(rho) * luck).astype(np.float32)[:, None]
    return found


def _money(now: np.ndarray, outlook: Outlook, rng: np.random.Generator) -> csc_matrix:
    """The amounts at close of the won deals, around their expected ones."""
    rows, columns = np.nonzero(now)
    noise = np.exp(outlook.spread * rng.standard_normal(len(rows)) - outlook.spread**2 / 2)
    return csc_matrix((outlook.amounts[columns] * noise, (rows, columns)), shape=now.shape)


def _later(later: LaterDeals, factor: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Money of deals not created yet (draw x owner)."""
    found = np.zeros((len(factor), len(later.shares)))
    if later.mean <= 0:
        return found
    size = 1 / later.variation
    numbers = rng.poisson(later.mean * factor * rng.gamma(size, 1 / size, len(factor)))
    total = int(numbers.sum())
    money = rng.choice(later.amounts, total)
    owner = rng.choice(len(later.shares), total, p=later.shares.to_numpy())
    np.add.at(found, (np.repeat(np.arange(len(factor)), numbers), owner), money)
    return found
