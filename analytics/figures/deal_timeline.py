"""One deal's history in the CRM: stage, stated close date, amount and forecast category over time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "No change of this deal is loaded."
_CATEGORIES = ("Commit", "Best Case", "Pipeline", "Omitted")  # surest first
_KEYS = {"Commit": "commit", "Best Case": "best_case", "Pipeline": "pipeline"}
_TOP, _GAP, _BOTTOM, _RIGHT = 28, 38, 30, 84


@dataclass(frozen=True)
class _Panel:
    title: str
    axis: str  # "y", "y2", ...
    px: int


@drawn_once
def deal_timeline(
    history: pd.DataFrame,
    as_of: date,
    quarter_end: date,
    *,
    stage_order: list[str],
    currency: str,
    locale: str,
    dark: bool,
) -> go.Figure:
    """Draw a deal's versions: valid_at, stage, forecast_category, amount, close_date, probability, is_closed,
    is_won; one row per change. A version lasts until the next one, the last one until `as_of`, or until
    `valid_at` if it closed the deal.
    """
    versions = _versions(history, as_of)
    if versions.empty:
        return style.empty(NOTHING, dark=dark)
    stages = _known(versions["stage"], stage_order)[::-1]
    lasting = versions[versions["until"] > versions["at"]]
    lanes = _known((versions if lasting.empty else lasting)["forecast_category"], _CATEGORIES)
    panels = {
        "stage": _Panel("Stage", "y", 26 * max(2, len(stages))),
        "close": _Panel("Stated close date", "y2", 150),
        "amount": _Panel("Amount", "y3", 90),
        "category": _Panel("Forecast category", "y4", 26 * max(1, len(lanes))),
    }
    height = _TOP + sum(panel.px for panel in panels.values()) + 3 * _GAP + _BOTTOM
    fig = style.figure(dark, height=height)
    names = [placing.short(name, 22) for name in (*stages, *lanes)]
    left = max(placing.widest(names), 78) + 24
    fig.update_layout(margin={"l": left, "r": _RIGHT, "t": _TOP, "b": _BOTTOM})
    marks = _marks(versions, as_of, quarter_end)
    span = _span(versions, marks)
    _domains(fig, list(panels.values()), height, left, dark)
    days_per_px = (span[1] - span[0]) / (placing.NARROW - left - _RIGHT)
    _stage_panel(fig, versions, stages, dark, locale)
    _close_panel(fig, versions, span, marks, days_per_px, locale, dark)
    _amount_panel(fig, versions, days_per_px, currency, locale, dark)
    _category_panel(fig, versions, lanes, dark, locale)
    _time_axis(fig, span, marks, days_per_px, locale, dark)
    return fig


def describe(
    history: pd.DataFrame,
    as_of: date,
    quarter_end: date,
    *,
    stage_order: list[str],
    currency: str,
    locale: str,
) -> str:
    """The figure in a sentence."""
    versions = _versions(history, as_of)
    if versions.empty:
        return NOTHING
    last, moved = versions.iloc[-1], _moves(versions)
    net = f", {_days(int(moved['days'].sum()))} in all" if len(moved) else ""
    amount = wording.money(last["amount"], currency, locale=locale)
    ended = f"; {_ending(last)} on {wording.day(last['at'], locale=locale)}" if last["closed"] else ""
    return (
        f"{wording.count(len(versions), 'version')} of the deal since "
        f"{wording.day(versions['at'].iloc[0], locale=locale)}: now in {_named(last['stage'])}, category "
        f"{_named(last['forecast_category'])}, {amount}, stated to close on "
        f"{wording.day(last['close_date'], locale=locale)}; the close date moved "
        f"{wording.count(len(moved), 'time')}{net}{ended}."
    )


def _named(text: Any) -> str:
    return "(not recorded)" if wording.is_missing(text) or not str(text).strip() else str(text)


def _ending(row: pd.Series) -> str:
    if wording.is_missing(row["is_won"]):
        return "closed"
    return "won" if row["is_won"] else "lost"


def _days(days: int) -> str:
    return f"{'+' if days > 0 else '−' if days < 0 else ''}{wording.count(abs(days), 'day')}"


def _versions(history: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The versions in order, each with `at`, `until` and `closed`; days and moments without a time zone."""
    rows = history.dropna(subset=["valid_at"])
    at = pd.to_datetime(rows["valid_at"])
    at = at.dt.tz_localize(None) if len(rows) and at.dt.tz is not None else at
    rows = rows.assign(
        at=at,
        close_date=pd.to_datetime(rows["close_date"]),
        stage=rows["stage"].map(_named),
        forecast_category=rows["forecast_category"].map(_named),
        closed=rows["is_closed"].astype("boolean").fillna(False).astype(bool),
    )
    rows = rows.sort_values("at", kind="stable").reset_index(drop=True)
    until = rows["at"].shift(-1)
    if len(rows):
        last = rows["at"].iloc[-1]
        end = last if rows["closed"].iloc[-1] else max(last, pd.Timestamp(as_of) + pd.Timedelta(days=1))
        until = until.fillna(end)
    return rows.assign(until=until)


def _known(values: pd.Series, order: tuple[str, ...] | list[str]) -> list[str]:
    """The given order, limited to what occurs or lies between; names outside it come last."""
    occurring = list(dict.fromkeys(values))
    return [name for name in order if name in occurring] + [n for n in occurring if n not in order]


def _marks(versions: pd.DataFrame, as_of: date, quarter_end: date) -> dict[str, pd.Timestamp]:
    """The days to mark. Of a deal that closed long before them, they would only squeeze the history."""
    days = {"as of": pd.Timestamp(as_of), "quarter end": pd.Timestamp(quarter_end)}
    if not versions["closed"].iloc[-1]:
        return days
    began, ended = versions["at"].min(), versions["until"].max()
    nearly = ended + max((ended - began) * 0.15, pd.Timedelta(days=7))
    return {word: day for word, day in days.items() if began <= day <= nearly}


def _span(versions: pd.DataFrame, marks: dict[str, pd.Timestamp]) -> tuple[pd.Timestamp, pd.Timestamp]:
    low = versions["at"].min().normalize()
    high = max([versions["until"].max(), *marks.values()]) + pd.Timedelta(days=1)
    return low - (high - low) * 0.015, high


def _domains(fig: go.Figure, panels: list[_Panel], height: int, left: int, dark: bool) -> None:
    colours = style.palette(dark)
    plot = height - _TOP - _BOTTOM
    top = 0.0
    for panel in panels:
        domain = [max(0.0, 1 - (top + panel.px) / plot), 1 - top / plot]
        fig.update_layout({f"yaxis{panel.axis[1:]}": {"domain": domain, "anchor": "x"}})
        fig.add_annotation(
            x=0,
            xref="paper",
            xanchor="left",
            xshift=-left + 4,
            y=domain[1],
            yref="paper",
            yanchor="bottom",
            yshift=5,
            text=f"<b>{panel.title}</b>",
            font={"color": colours.text, "size": style.SMALL},
        )
        fig.add_shape(
            type="line",
            x0=0,
            x1=1,
            xref="paper",
            y0=domain[0],
            y1=domain[0],
            yref="paper",
            line={"color": colours.grid, "width": 1},
        )
        top += panel.px + _GAP


def _steps(versions: pd.DataFrame, column: str) -> tuple[list[Any], list[Any], list[int]]:
    """A step line: each version from its start to its end; a missing value leaves a gap. And whose points."""
    x: list[Any] = []
    y: list[Any] = []
    rows: list[int] = []
    for i, row in enumerate(placing.rows(versions)):
        value = getattr(row, column)
        x += [row.at, row.until]
        y += [None, None] if wording.is_missing(value) else [value, value]
        rows += [i, i]
    return x, y, rows


def _step_line(
    fig: go.Figure, name: str, points: tuple[list[Any], list[Any], list[str]], axis: str, dark: bool
) -> None:
    x, y, hover = points
    fig.add_trace(
        go.Scatter(
            name=name,
            x=x,
            y=y,
            yaxis=axis,
            mode="lines+markers",
            line={"color": style.palette(dark).stated.mark, "width": 3},
            marker={"size": [7, *[0] * (len(x) - 1)], "color": style.palette(dark).stated.mark, "opacity": 1},
            hovertext=hover,
            hoverinfo="text",
        )
    )


def _stage_panel(fig: go.Figure, versions: pd.DataFrame, stages: list[str], dark: bool, locale: str) -> None:
    colours = style.palette(dark)
    level = {stage: float(i) for i, stage in enumerate(stages[::-1])}
    placed = versions.assign(level=versions["stage"].map(level))
    x, y, rows = _steps(placed, "level")
    hover = [
        f"<b>{placing.safe(placed['stage'][i])}</b><br>since {wording.day(placed['at'][i], locale=locale)}"
        f"<br>stated probability {wording.percent(placed['probability'][i])}"
        for i in rows
    ]
    _step_line(fig, "stage", (x, y, hover), "y", dark)
    closings = placed[placed["closed"] & ~placed["closed"].shift(1, fill_value=False)]
    for row in placing.rows(closings):
        won = not wording.is_missing(row.is_won) and bool(row.is_won)
        hue = colours.won if won else colours.lost
        text = "Won" if won else "Closed" if wording.is_missing(row.is_won) else "Lost"
        fig.add_trace(
            go.Scatter(
                name=text,
                x=[row.at],
                y=[row.level],
                yaxis="y",
                mode="markers",
                marker={"size": 13, "symbol": "circle" if won else "x", "color": hue.mark},
                hovertext=[f"<b>{text}</b> {wording.day(row.at, locale=locale)}"],
                hoverinfo="text",
            )
        )
        fig.add_annotation(
            x=row.at,
            y=row.level,
            yref="y",
            xanchor="left",
            xshift=11,
            text=f"<b>{text}</b>",
            font={"color": hue.ink},
            bgcolor=style.faded(colours.background, 0.85),
        )
    fig.update_layout(
        yaxis={
            "range": [-0.6, len(stages) - 0.4],
            "tickvals": list(level.values()),
            "ticktext": [placing.short(stage, 22) for stage in level],
            "tickfont": {"color": colours.text},
        }
    )


def _moves(versions: pd.DataFrame) -> pd.DataFrame:
    """Where the stated close date moved: at, from, to, days (later is positive)."""
    dated = versions.dropna(subset=["close_date"])
    before = dated["close_date"].shift(1)
    days = (dated["close_date"] - before).dt.days
    table = pd.DataFrame({"at": dated["at"], "before": before, "after": dated["close_date"], "days": days})
    return table[table["days"].fillna(0) != 0].reset_index(drop=True)


def _close_panel(
    fig: go.Figure,
    versions: pd.DataFrame,
    span: tuple[pd.Timestamp, pd.Timestamp],
    marks: dict[str, pd.Timestamp],
    days_per_px: pd.Timedelta,
    locale: str,
    dark: bool,
) -> None:
    colours = style.palette(dark)
    today = marks.get("as of", versions["until"].max())
    x, y, rows = _steps(versions, "close_date")
    hover = [
        f"stated to close {wording.day(versions['close_date'][i], locale=locale)}"
        f"<br>since {wording.day(versions['at'][i], locale=locale)}"
        for i in rows
    ]
    stated = versions["close_date"].dropna()
    low, high = min([today, *marks.values(), *stated]), max([today, *marks.values(), *stated])
    pad = max((high - low) * 0.16, pd.Timedelta(days=5))
    low, high = low - pad, high + pad
    end = max(today, versions["at"].max())
    fig.add_trace(
        go.Scatter(
            name="today",
            x=[max(span[0], low), end],
            y=[max(span[0], low), end],
            yaxis="y2",
            mode="lines",
            line={"color": colours.muted, "width": 1, "dash": "dot"},
            hoverinfo="skip",
        )
    )
    fig.add_annotation(
        x=end,
        y=end,
        yref="y2",
        xanchor="left",
        xshift=6,
        yanchor="top",
        text="overdue<br>below here",
        bgcolor=style.faded(colours.background, 0.8),
        align="left",
        font={"color": colours.muted, "size": style.SMALL - 1},
    )
    if "quarter end" in marks:
        fig.add_shape(
            type="line",
            xref="paper",
            x0=0,
            x1=1,
            y0=marks["quarter end"],
            y1=marks["quarter end"],
            yref="y2",
            line={"color": colours.target, "width": 1, "dash": "dash"},
        )
    _step_line(fig, "close date", (x, y, hover), "y2", dark)
    _move_marks(fig, _moves(versions), days_per_px, locale, dark)
    ticks, texts = placing.day_ticks(low, high, locale=locale, most=4)
    fig.update_layout(yaxis2={"range": [low, high], "tickvals": ticks, "ticktext": texts})


def _move_marks(
    fig: go.Figure, moves: pd.DataFrame, days_per_px: pd.Timedelta, locale: str, dark: bool
) -> None:
    if moves.empty:
        return
    colours = style.palette(dark)
    later = moves["days"] > 0
    fig.add_trace(
        go.Scatter(
            name="moved",
            x=list(moves["at"]),
            y=list(moves["after"]),
            yaxis="y2",
            mode="markers",
            marker={
                "size": 11,
                "symbol": ["triangle-up" if up else "triangle-down" for up in later],
                "color": [colours.risk.mark if up else colours.upside.mark for up in later],
            },
            hovertext=[
                f"<b>{_days(int(row.days))}</b> on {wording.day(row.at, locale=locale)}<br>"
                f"from {wording.day(row.before, locale=locale)} to {wording.day(row.after, locale=locale)}"
                for row in placing.rows(moves)
            ],
            hoverinfo="text",
        )
    )
    texts = [_days(int(days)) for days in moves["days"]]
    px = [(at - moves["at"].iloc[0]) / days_per_px for at in moves["at"]]
    sizes = [placing.width(text, style.SMALL) + 10 for text in texts]
    for i in placing.thinned(px, sizes, moves["days"].abs().tolist()):
        up = bool(later[i])
        fig.add_annotation(
            x=moves["at"][i],
            y=moves["after"][i],
            yref="y2",
            text=texts[i],
            yanchor="bottom" if up else "top",
            yshift=6 if up else -6,
            font={"color": colours.risk.ink if up else colours.upside.ink, "size": style.SMALL},
        )


def _amount_panel(
    fig: go.Figure,
    versions: pd.DataFrame,
    days_per_px: pd.Timedelta,
    currency: str,
    locale: str,
    dark: bool,
) -> None:
    placed = versions.assign(money=[placing.number(amount, math.nan) for amount in versions["amount"]])
    x, y, rows = _steps(placed, "money")
    hover = [
        f"<b>{wording.money(placed['amount'][i], currency, exact=True, locale=locale)}</b>"
        f"<br>since {wording.day(placed['at'][i], locale=locale)}"
        for i in rows
    ]
    _step_line(fig, "amount", (x, y, hover), "y3", dark)
    known = placed.dropna(subset=["money"])
    changed = known[known["money"] != known["money"].shift(1)].reset_index(drop=True)
    low = min(0.0, known["money"].min()) if len(known) else 0.0
    high = max(1.0, known["money"].max()) if len(known) else 1.0
    values, texts = placing.money_ticks(low, high, currency=currency, locale=locale, most=2)
    zero = {"zeroline": True, "zerolinecolor": style.palette(dark).muted} if low < 0 else {}
    fig.update_layout(
        yaxis3={"range": [low, low + (high - low) * 1.35], "tickvals": values, "ticktext": texts, **zero}
    )
    if changed.empty:
        fig.add_annotation(
            x=0,
            xref="x domain",
            y=0.5,
            yref="y3 domain",
            xanchor="left",
            text="no amount recorded",
            font={"color": style.palette(dark).muted},
        )
        return
    labels = [wording.money(amount, currency, locale=locale) for amount in changed["money"]]
    px = [(at - changed["at"].iloc[0]) / days_per_px for at in changed["at"]]
    weights = changed["money"].diff().abs().fillna(0).tolist()
    weights[-1] = float("inf")
    sizes = [placing.width(label, style.SMALL) + 10 for label in labels]
    for i in placing.thinned(px, sizes, weights):
        fig.add_annotation(
            x=changed["at"][i],
            y=changed["money"][i],
            yref="y3",
            xanchor="left",
            yanchor="bottom",
            text=labels[i],
            font={"color": style.palette(dark).stated.ink, "size": style.SMALL},
        )


def _category_panel(
    fig: go.Figure, versions: pd.DataFrame, lanes: list[str], dark: bool, locale: str
) -> None:
    colours = style.palette(dark)
    level = {lane: float(-i) for i, lane in enumerate(lanes)}
    blocks = versions[versions["until"] > versions["at"]]
    runs = (blocks["forecast_category"] != blocks["forecast_category"].shift(1)).cumsum()
    merged = blocks.groupby(runs).agg(
        category=("forecast_category", "first"), at=("at", "first"), until=("until", "last")
    )
    fills = [style.STATED_FILL.get(_KEYS.get(name, ""), 0.0) for name in merged["category"]]
    fig.add_trace(
        go.Bar(
            name="category",
            orientation="h",
            width=0.7,
            yaxis="y4",
            base=list(merged["at"]),
            x=[
                (until - at) / pd.Timedelta(milliseconds=1)
                for at, until in zip(merged["at"], merged["until"], strict=True)
            ],
            y=[level[name] for name in merged["category"]],
            marker={
                "color": [style.faded(colours.stated.mark, fill) for fill in fills],
                "line": {"color": colours.stated.mark, "width": 2},
            },
            hovertext=[
                f"<b>{placing.safe(row.category)}</b><br>{wording.day(row.at, locale=locale)} to "
                f"{wording.day(row.until, locale=locale)}"
                for row in placing.rows(merged)
            ],
            hoverinfo="text",
        )
    )
    fig.update_layout(
        yaxis4={
            "range": [-len(lanes) + 0.4, 0.6],
            "tickvals": list(level.values()),
            "ticktext": [placing.short(lane, 22) for lane in lanes],
            "tickfont": {"color": colours.text},
        }
    )


def _time_axis(
    fig: go.Figure,
    span: tuple[pd.Timestamp, pd.Timestamp],
    marks: dict[str, pd.Timestamp],
    days_per_px: pd.Timedelta,
    locale: str,
    dark: bool,
) -> None:
    colours = style.palette(dark)
    ticks, texts = placing.day_ticks(*span, locale=locale)
    fig.update_xaxes(type="date", range=list(span), tickvals=ticks, ticktext=texts, anchor="free", position=0)
    sizes = [placing.width(word, style.SMALL) + 10 for word in marks]
    low, high = -20.0, (span[1] - span[0]) / days_per_px + _RIGHT
    places = placing.spread([(day - span[0]) / days_per_px for day in marks.values()], sizes, low, high)
    for (word, day), place in zip(marks.items(), places, strict=True):
        dash = "dot" if word == "as of" else "dash"
        fig.add_shape(
            type="line",
            x0=day,
            x1=day,
            y0=0,
            y1=1,
            yref="paper",
            line={"color": colours.muted if dash == "dot" else colours.target, "width": 1, "dash": dash},
        )
        fig.add_annotation(
            x=day,
            y=1,
            yref="paper",
            yanchor="bottom",
            yshift=4,
            text=word,
            xshift=place - (day - span[0]) / days_per_px,
            font={"color": colours.muted, "size": style.SMALL},
        )
