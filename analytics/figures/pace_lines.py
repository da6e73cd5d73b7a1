"""How won money built up week by week: this quarter against past ones."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "No week of a quarter is covered by the loaded history yet."
_HEIGHT, _TOP, _BOTTOM = 380, 26, 48


@drawn_once
def pace_lines(
    weeks: pd.DataFrame,
    target: float | None,
    today_week: float,
    *,
    currency: str,
    locale: str,
    dark: bool,
) -> go.Figure:
    """Draw `weeks` (Pace.weeks: quarter, week, won, is_current), one line per quarter.

    `today_week` is where the current quarter stands, in weeks since its first morning.
    """
    usable = weeks.dropna(subset=["won"])
    if usable.empty:
        return style.empty(NOTHING, dark=dark)
    past = usable[~usable["is_current"].astype(bool)]
    current = usable[usable["is_current"].astype(bool)]
    current = current.assign(week=current["week"].clip(upper=max(0.0, today_week)))
    goal = None if wording.is_missing(target) else placing.number(target)
    low = min(0.0, usable["won"].min())
    high = max(1.0, usable["won"].max(), goal or 0.0) * 1.06
    last = max(13.0, float(usable["week"].max()))
    fig = style.figure(dark, height=_HEIGHT)
    for quarter, line in past.groupby("quarter", sort=False):
        fig.add_trace(_line(str(quarter), line, False, currency, locale, dark))
    _target(fig, goal, last, currency, locale, dark)
    _today(fig, today_week, last, dark)
    if len(current):
        fig.add_trace(_line(str(current["quarter"].iloc[0]), current, True, currency, locale, dark))
        _current_end(fig, current, last, currency, locale, dark)
    _end_labels(fig, past, last, (low, high), currency, locale, dark)
    _axes(fig, last, (low, high), currency, locale)
    return fig


def describe(
    weeks: pd.DataFrame, target: float | None, today_week: float, *, currency: str, locale: str
) -> str:
    """The figure in a sentence."""
    usable = weeks.dropna(subset=["won"])
    if usable.empty:
        return NOTHING
    ends = usable.sort_values("week").groupby("quarter", sort=False).tail(1)
    past = ends.loc[~ends["is_current"].astype(bool), "won"]
    current = ends[ends["is_current"].astype(bool)]
    said = []
    if len(current):
        now = wording.money(current["won"].iloc[0], currency, locale=locale)
        said.append(f"{current['quarter'].iloc[0]} stands at {now} won in week {_week(today_week)}")
    if len(past):
        low, high = (wording.money(value, currency, locale=locale) for value in (past.min(), past.max()))
        whole = f"at {low}" if low == high else f"between {low} and {high}"
        said.append(f"{wording.count(len(past), 'past quarter')} ended {whole}")
    if not wording.is_missing(target):
        said.append(f"the target is {wording.money(target, currency, locale=locale)}")
    return f"Lines of won money by week of the quarter: {'; '.join(said)}."


def _week(week: float) -> int:
    return max(1, int(week) + 1)


def _moment(week: float) -> str:
    if week == 0:
        return "at the start"
    return f"after week {week:g}" if week == int(week) else f"as-of day, in week {_week(week)}"


def _line(
    quarter: str, line: pd.DataFrame, is_current: bool, currency: str, locale: str, dark: bool
) -> go.Scatter:
    colours = style.palette(dark)
    hover = [
        f"<b>{placing.safe(quarter)}</b>, {_moment(float(week))}<br>"
        f"{wording.money(won, currency, exact=True, locale=locale)} won"
        for week, won in zip(line["week"], line["won"], strict=True)
    ]
    return go.Scatter(
        name=quarter,
        x=line["week"].tolist(),
        y=line["won"].tolist(),
        mode="lines" if len(line) > 1 else "markers",
        line={
            "color": colours.won.mark if is_current else colours.stated.mark,
            "width": 4 if is_current else 1.5,
        },
        cliponaxis=False,
        hovertext=hover,
        hoverinfo="text",
    )


def _target(fig: go.Figure, goal: float | None, last: float, currency: str, locale: str, dark: bool) -> None:
    if goal is None:
        return
    colour = style.palette(dark).target
    fig.add_shape(type="line", x0=0, x1=last, y0=goal, y1=goal, line={"color": colour, "width": 2})
    text = f"Target {wording.money(goal, currency, locale=locale)}"
    fig.add_annotation(x=0, y=goal, xanchor="left", yanchor="bottom", text=text, font={"color": colour})


def _today(fig: go.Figure, today_week: float, last: float, dark: bool) -> None:
    at = max(0.0, min(last, today_week))
    colours = style.palette(dark)
    fig.add_shape(
        type="line",
        x0=at,
        x1=at,
        y0=0,
        y1=1,
        yref="paper",
        line={"color": colours.muted, "width": 1, "dash": "dot"},
    )
    fig.add_annotation(
        x=at,
        y=1,
        yref="paper",
        xanchor="right" if at > 0.9 * last else "left" if at < 0.1 * last else "center",
        yanchor="bottom",
        yshift=2,
        text=f"as-of day, week {_week(min(today_week, last - 1))}",
        font={"color": colours.muted, "size": style.SMALL},
    )


def _current_end(
    fig: go.Figure, current: pd.DataFrame, last: float, currency: str, locale: str, dark: bool
) -> None:
    colours = style.palette(dark)
    end = current.sort_values("week").iloc[-1]
    left = end["week"] > 0.25 * last
    fig.add_trace(
        go.Scatter(
            name="now",
            x=[float(end["week"])],
            y=[float(end["won"])],
            mode="markers",
            cliponaxis=False,
            marker={"color": colours.won.mark, "size": 13, "line": {"color": colours.background, "width": 2}},
            hoverinfo="skip",
        )
    )
    fig.add_annotation(
        x=float(end["week"]),
        y=float(end["won"]),
        xanchor="right" if left else "left",
        yanchor="bottom",
        xshift=-6 if left else 6,
        yshift=6,
        text=f"<b>{placing.safe(end['quarter'])}: {wording.money(end['won'], currency, locale=locale)}</b>",
        font={"color": colours.won.ink, "size": style.SIZE + 1},
        bgcolor=style.faded(colours.background, 0.85),
    )


def _end_labels(
    fig: go.Figure,
    past: pd.DataFrame,
    last: float,
    span: tuple[float, float],
    currency: str,
    locale: str,
    dark: bool,
) -> None:
    colours = style.palette(dark)
    ends = past.sort_values("week").groupby("quarter", sort=False).tail(1)
    texts = [
        f"{placing.short(quarter, 12)}  {wording.money(won, currency, locale=locale)}"
        for quarter, won in zip(ends["quarter"], ends["won"], strict=True)
    ]
    unit = (span[1] - span[0]) / (_HEIGHT - _TOP - _BOTTOM)
    places = placing.spread(ends["won"].tolist(), [17 * unit] * len(ends), *span)
    for week, won, place, text in zip(ends["week"], ends["won"], places, texts, strict=True):
        fig.add_shape(
            type="line",
            x0=float(week),
            x1=last + 0.35,
            y0=float(won),
            y1=place,
            line={"color": style.faded(colours.stated.mark, 0.6), "width": 1},
        )
        fig.add_annotation(
            x=last + 0.4,
            y=place,
            xanchor="left",
            text=text,
            font={"color": colours.muted, "size": style.SMALL},
        )
    fig.update_layout(margin={"r": placing.widest(texts, style.SMALL) + 24})


def _axes(fig: go.Figure, last: float, span: tuple[float, float], currency: str, locale: str) -> None:
    values, texts = placing.money_ticks(*span, currency=currency, locale=locale)
    fig.update_yaxes(range=list(span), tickvals=values, ticktext=texts, showgrid=True)
    weeks = list(range(int(last) + 1))
    fig.update_xaxes(
        range=[0, last + 0.4],
        tickvals=weeks,
        ticktext=["start", *(str(week) for week in weeks[1:])],
        title={"text": "weeks into the quarter", "font": {"size": style.SMALL}, "standoff": 6},
    )
    fig.update_layout(margin={"l": placing.widest(texts, style.SMALL) + 16, "t": _TOP, "b": _BOTTOM})
