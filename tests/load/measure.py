"""What the clicks and the memory of a load come to; pure arithmetic."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import median_abs_deviation, theilslopes

#: A page that is slower than this many times its fair time fails.
MOST_TIMES = 2.0
#: Below this many clicks a 95th percentile is one click's luck: shown, not judged.
LEAST_CLICKS = 20
#: A rise of memory below this share of it is no growth; the noise of the measurements may allow more.
LEAST_RISE = 0.02
#: Below this many minutes a rise cannot be told from caches that fill.
LEAST_MINUTES = 15
#: The kind of a run that a page's timer asked for, and the name of all clicks that people made.
BY_ITSELF, _ALL = "by itself", "all clicks"


@dataclass(frozen=True)
class Click:
    """One click, from the click until the script had finished."""

    person: int
    page: str
    kind: str
    at: float  # s on the driver's monotonic clock
    seconds: float
    problem: str = ""


@dataclass(frozen=True)
class PageTimes:
    """A page's clicks; times in seconds. `fair95`: the 95th percentile on an ideal machine (`fair_times`)."""

    page: str
    n: int
    errors: int
    alone_n: int
    alone50: float
    alone95: float
    p50: float
    p95: float
    fair95: float

    @property
    def times(self) -> float:
        """How many times its fair time the page took."""
        return self.p95 / self.fair95

    @property
    def is_judged(self) -> bool:
        """Whether there are enough clicks on both sides."""
        return min(self.n, self.alone_n) >= LEAST_CLICKS


def shared_evenly(begins: Sequence[float], works: Sequence[float], cores: int) -> list[float]:
    """How long each run takes, s, on a machine that shares its cores evenly among the runs in progress.

    `works`: core-seconds of each; a run uses one core at most.
    """
    waiting = sorted(range(len(begins)), key=lambda run: begins[run], reverse=True)
    left: dict[int, float] = {}
    ends = [0.0] * len(begins)
    now = 0.0
    while waiting or left:
        speed = min(1.0, cores / max(len(left), 1))
        first = min(left, key=lambda run: left[run], default=-1)
        end = now + left[first] / speed if left else float("inf")
        begin = begins[waiting[-1]] if waiting else float("inf")
        gone = (min(end, begin) - now) * speed
        left = {run: work - gone for run, work in left.items()}
        now = min(end, begin)
        if begin < end:
            run = waiting.pop()
            left[run] = works[run]
        else:
            del left[first]
            ends[first] = now
    return [end - begin for end, begin in zip(ends, begins, strict=True)]


def fair_times(together: Sequence[Click], alone: Sequence[Click], cores: int, seed: int) -> list[float]:
    """What each click would take, s, on an ideal machine of as many cores.

    Each needs what one click of this kind on this page needed alone (drawn from them, as pages vary).
    """
    rng = random.Random(seed)
    known: dict[tuple[str, ...], list[float]] = {}
    for click in alone:
        for key in ((click.page, click.kind), (click.page,), ()):
            known.setdefault(key, []).append(click.seconds)
    works = []
    for click in together:
        found = known.get((click.page, click.kind)) or known.get((click.page,)) or known[()]
        works.append(rng.choice(found))
    return shared_evenly([click.at for click in together], works, cores)


def by_page(together: Sequence[Click], alone: Sequence[Click], cores: int, seed: int) -> list[PageTimes]:
    """Each page's times beside what is fair, and last those of all clicks of people."""
    found = list(zip(together, fair_times(together, alone, cores, seed), strict=True))
    names = sorted({_row_of(click) for click in together})
    return [_page(name, found, alone) for name in [*names, _ALL]]


def _row_of(click: Click) -> str:
    return f"{click.page}, {BY_ITSELF}" if click.kind == BY_ITSELF else click.page


def _is_in(name: str, click: Click) -> bool:
    return click.kind != BY_ITSELF if name == _ALL else _row_of(click) == name


def _page(name: str, every: Sequence[tuple[Click, float]], alone: Sequence[Click]) -> PageTimes:
    before = [click.seconds for click in alone if _is_in(name, click)]
    found = [one for one in every if _is_in(name, one[0])]
    times = [click.seconds for click, _ in found]
    return PageTimes(
        page=name,
        n=len(found),
        errors=sum(bool(click.problem) for click, _ in found),
        alone_n=len(before),
        alone50=float(np.percentile(before or [np.nan], 50)),
        alone95=float(np.percentile(before or [np.nan], 95)),
        p50=float(np.percentile(times, 50)),
        p95=float(np.percentile(times, 95)),
        fair95=float(np.percentile([one for _, one in found], 95)),
    )


@dataclass(frozen=True)
class Rise:
    """How memory went over the last two thirds of the time; MB."""

    minutes: float
    at: float
    per_10_minutes: float
    noise: float

    @property
    def total(self) -> float:
        """The rise over the time looked at."""
        return self.per_10_minutes / 10 * self.minutes

    @property
    def levels_off(self) -> bool:
        """Whether what memory rose by is within twice its noise, or a small share of it."""
        return self.total <= max(2 * self.noise, LEAST_RISE * self.at)


def rise_of(times: Sequence[float], megabytes: Sequence[float]) -> Rise:
    """The rise over the last two thirds: the slope of Theil and Sen, which single peaks do not move.

    `times` in seconds. The noise is the median deviation from that line, as a standard deviation.
    """
    at = np.asarray(times)
    late = at >= at[0] + (at[-1] - at[0]) / 3
    x, y = at[late], np.asarray(megabytes)[late]
    slope, start, *_ = theilslopes(y, x)
    noise = float(median_abs_deviation(y - start - slope * x, scale="normal"))
    return Rise(float(x[-1] - x[0]) / 60, float(np.median(y)), float(slope) * 600, noise)
