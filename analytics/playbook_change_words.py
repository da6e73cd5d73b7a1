"""What is said of a change of the sales process: what it is, whom it holds for, and what came of it."""

from __future__ import annotations

from datetime import date
from math import isnan

from analytics.company import Company
from analytics.playbook.compare import ERROR, TOO_EARLY, WENT_WITH, Comparison, Sides
from analytics.playbook.draw import Draw
from analytics.playbook.like_deals import Effect
from analytics.playbook.versions import (
    ANSWERED,
    ENDED,
    EXIT,
    FOLLOW_UP,
    HELP,
    KEPT,
    LEVEL,
    WON,
    WORDING,
    Change,
    Version,
)
from analytics.problems import NotEnough
from analytics.wording import count, day, listed, percent

KIND_WORDS = {
    EXIT: "Exit criterion of a stage",
    FOLLOW_UP: "Follow-up question",
    WORDING: "Wording of a question",
    HELP: "Help text of a question",
}
MEASURE_WORDS = {
    LEVEL: "How deep the answer is when a deal moves on",
    ANSWERED: "Share of deals that have an answer when they move on",
    KEPT: "Share decided in the quarter first stated",
    WON: "Share won",
}
_HIGHER = {LEVEL: "deeper answers", ANSWERED: "more answers", KEPT: "more deals decided when first stated"}
_HIGHER |= {WON: "more deals won"}
_LOWER = {
    LEVEL: "less deep answers",
    ANSWERED: "fewer answers",
    KEPT: "fewer deals decided when first stated",
}
_LOWER |= {WON: "fewer deals won"}
NOT_CAUSE = (
    "Before and after is not cause: whatever else changed at that time is in the difference, even among deals"
    " alike in stage, size, type, team and owner."
)


def what(change: Change, label: str) -> str:
    """The change in a few words; `label`: the question's short name."""
    if change.kind == EXIT:
        return f"{change.stage} is left only with “{label}” at level {change.level} or deeper"
    of = {FOLLOW_UP: "Follow-up of", WORDING: "Wording of", HELP: "Help text of"}.get(change.kind, "")
    at = f" at level {change.level}" if change.kind == FOLLOW_UP else ""
    where = f", {change.stage}" if change.stage else ""
    return f"{of} “{label}”{at}{where}".strip()


def whom(change: Change) -> str:
    """Whom it holds for."""
    if not change.teams:
        return "everybody"
    how = "drawn by lot" if change.draw is not None else "chosen"
    return f"{listed(change.teams)} ({how})"


def draw_in_words(draw: Draw) -> list[str]:
    """The pairs, whom the lot fell on, and how it can be cast again."""
    pairs = "; ".join(f"{a} or {b}: {mine}" for (a, b), mine in zip(draw.pairs, draw.teams, strict=True))
    return [
        f"Pairs of like teams, and whom the lot fell on: {pairs}.",
        f"{count(draw.possible, 'draw was', 'draws were')} possible, so the clearest result that these teams"
        f" can show is one that chance alone shows in 1 of {draw.possible}.",
        f"The lot was cast with the number {draw.seed}, which follows from what is changed, the stage and the"
        " day it is recorded: anybody can cast it again, and another first day does not cast it anew.",
    ]


def value_text(measure: str, value: float) -> str:
    """A level as 1.9, a share as 62%."""
    return f"{value:.1f}" if measure == LEVEL else percent(value)


def _signed(measure: str, value: float, *, fine: bool = False) -> str:
    """With sign and one decimal (levels) or none (points); one more where it is `fine`."""
    digits = (1 if measure == LEVEL else 0) + fine
    text = f"{value if measure == LEVEL else 100 * value:+.{digits}f}"
    return text.lstrip("+-") if float(text) == 0 else text.replace("-", "−")


def effect_text(measure: str, effect: Effect) -> str:
    """+0.4 levels (0.2 to 0.6); where a number would read as nothing, all have one decimal more."""
    numbers = (effect.value, effect.low, effect.high)
    fine = any(abs(one) < (0.05 if measure == LEVEL else 0.005) for one in numbers)
    value, low, high = (_signed(measure, one, fine=fine) for one in numbers)
    return f"{value} {_unit(measure)} ({low.lstrip('+')} to {high.lstrip('+')})"


def change_text(measure: str, value: float) -> str:
    """+0.4 levels, −6 points."""
    return f"{_signed(measure, value)} {_unit(measure)}"


def _unit(measure: str) -> str:
    return "levels" if measure == LEVEL else "points"


def result(version: Version, found: Comparison | NotEnough, as_of: date, company: Company) -> str:
    """What came of it, in one sentence that is no surer than the data."""
    if isinstance(found, NotEnough):
        return f"Not compared: {found}."
    where = ", with and without it" if version.change.teams else ""
    n = f"n={found.n_before:,} before, {found.n_after:,} after{where}"
    if found.verdict == TOO_EARLY:
        return _too_early(version, found, n, as_of, company)
    if found.judged_on is not None:
        n += f"; judged once, as of {day(found.judged_on, locale=company.locale)}"
    if not isinstance(found.sides, NotEnough):
        return _teams_result(found, found.sides, n)
    if isinstance(found.change, NotEnough):
        return f"Cannot tell: {found.change}."
    said = effect_text(found.measure, found.change)
    if found.verdict == WENT_WITH:
        side = _HIGHER if found.change.value > 0 else _LOWER
        return f"Went with {side[found.measure]}: {said} on like deals; {n}."
    return f"Cannot tell: {said} on like deals, so no change at all fits as well; {n}."


def later(found: Comparison, company: Company) -> str:
    """What came after it was judged, as it is; '' if nothing did."""
    if found.judged_on is None or not found.later.n:
        return ""
    n, until = found.later.n, day(found.later.last_day, locale=company.locale)
    deals = f"{count(n, 'more deal')} came after that, up to {until}"
    if isnan(found.later.mean):
        return f"{deals}: too few to show. The verdict stays as it was on its day."
    now, then = (value_text(found.measure, one) for one in (found.later.mean, found.after))
    return (
        f"{deals}: {now} as they are, after {then} in the deals that were judged. This describes, it does not"
        " judge: the verdict stays as it was on its day."
    )


def _too_early(version: Version, found: Comparison, n: str, as_of: date, company: Company) -> str:
    if version.state(as_of) == ENDED and found.last_day >= version.until(as_of):
        return f"It ended too early to tell: {n}, about {found.needed:,} on each side needed."
    need = f"Too early: {n}, about {found.needed:,} on each side needed"
    if not found.n_after and found.first_known > as_of:
        return f"{need}; the first deals can be judged on {day(found.first_known, locale=company.locale)}."
    if found.weeks is None:
        return f"{need}; at today's pace a year would not be enough."
    return f"{need}; at today's pace in {count(found.weeks, 'week')}."


def _teams_result(found: Comparison, sides: Sides, n: str) -> str:
    said = f"{change_text(found.measure, sides.effect)} against the teams without it"
    times = max(round(sides.chance * sides.draws), 1)
    which = "draws tried" if sides.is_sampled else "possible draws"
    luck = f"chance alone would show as much in {times:,} of {sides.draws:,} {which}"
    if found.verdict == WENT_WITH:
        return f"Went with {_HIGHER[found.measure]}: {said}; {luck}; {n}."
    if sides.effect <= 0:
        return f"Cannot tell: {said}, so nothing here speaks for the change; {n}."
    limit = ""
    if sides.smallest > ERROR:
        limit = (
            f" So few teams can suggest something, never show it (at best 1 in {round(1 / sides.smallest)})."
        )
    return f"Cannot tell: {said}; {luck}; {n}.{limit}"


def beside(found: Comparison) -> list[str]:
    """What moved at the same time where the version did not hold, and what that means; [] when too early."""
    if found.verdict == TOO_EARLY:
        return []
    if isinstance(found.control, NotEnough):
        return [f"Nothing stands beside it: {found.control}."]
    control = effect_text(found.measure, found.control)
    if found.control_is == "teams":
        drawn = not isinstance(found.sides, NotEnough) and found.sides.is_drawn
        how = (
            "The lot decided which teams began; their deals still differ by chance, more so with few teams."
            if drawn
            else "The teams with it may differ from the others in more than this change."
        )
        own = "" if isinstance(found.change, NotEnough) else effect_text(found.measure, found.change)
        return [
            f"In the teams with it: {own or 'not enough deals'}; in the teams without it: {control}. {how}"
        ]
    said = [f"The other six questions moved by {control} at the same time."]
    if not isinstance(found.net, NotEnough):
        unsure = found.net.low <= 0 <= found.net.high
        doubt = ", which may be nothing: the time rather than the change could be behind it" if unsure else ""
        said.append(f"Beyond that this question moved by {effect_text(found.measure, found.net)}{doubt}.")
    return said
