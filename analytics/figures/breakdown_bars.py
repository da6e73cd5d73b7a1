"""The quarter's money by group: won solid, open hollow, and what the stage probabilities make of it."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "No deals are won or dated in this quarter."
MOST = 24  # bars; the money of further groups is in one more bar
_MONEY = ["won", "open", "weighted"]


@drawn_once
def breakdown_bars(table: pd.DataFrame, *, currency: str, locale: str, dark: bool) -> go.Figure:
    """Draw `table` (breakdown(): group, deals, won, open, weighted), one bar per group in the given order."""
    if table.empty:
        return style.empty(NOTHING, dark=dark)
    rows = _numbers(_capped(table))
    colours = style.palette(dark)
    row_px = 34 if len(rows) <= 12 else 27
    fig = style.figure(dark, height=34 + row_px * len(rows) + 30)
    levels = [float(-i) for i in range(len(rows))]
    hover = [_hover(row, currency, locale) for row in placing.rows(rows)]
    fig.add_trace(
        _bars("won", rows["won"], rows["won_base"], levels, hover, colours.won.mark, colours.won.mark)
    )
    fig.add_trace(
        _bars("open", rows["open"], rows["open_base"], levels, hover, "rgba(0,0,0,0)", colours.stated.mark)
    )
    for level, base, weighted in zip(levels, rows["open_base"], rows["weighted"], strict=True):
        if weighted:
            at = base + weighted
            line = {"color": colours.text, "width": 3}
            fig.add_shape(type="line", x0=at, x1=at, y0=level - 0.31, y1=level + 0.31, line=line)
    names = [placing.short(group) for group in rows["group"]]
    left = placing.widest(names) + 24
    span = _labels(fig, rows, levels, currency, locale, dark)
    style.key(
        fig,
        [
            ("■", colours.won.mark, "won"),
            ("□", colours.stated.ink, "open, as stated"),
            ("<b>|</b>", colours.text, "won + weighted"),
        ],
    )
    _axes(fig, span, levels, names, left, currency, locale, dark)
    return fig


def describe(table: pd.DataFrame, *, currency: str, locale: str) -> str:
    """The figure in a sentence."""
    if table.empty:
        return NOTHING
    won, is_open, weighted = (
        wording.money(table[column].sum(), currency, locale=locale) for column in _MONEY
    )
    size = table[["won", "open"]].fillna(0).sum(axis=1)
    most = table["group"].iloc[int(size.argmax())]
    said = f"{wording.money(size.max(), currency, locale=locale)} won and open"
    return (
        f"Bars of {wording.count(len(table), 'group')}: {won} won, {is_open} open, {weighted} weighted; "
        f"the largest is {most} with {said}."
    )


def table(given: pd.DataFrame) -> pd.DataFrame:
    """What is drawn: the given groups, and beyond MOST of them one row with the sum of the others."""
    return _capped(given)


def _capped(given: pd.DataFrame) -> pd.DataFrame:
    if len(given) <= MOST + 1:
        return given.reset_index(drop=True)
    kept, others = given.iloc[:MOST], given.iloc[MOST:]
    sums = others[["deals", *_MONEY]].fillna(0).sum()
    row = pd.DataFrame([{"group": f"{len(others)} others", **sums.to_dict()}])
    return pd.concat([kept, row], ignore_index=True)


def _numbers(rows: pd.DataFrame) -> pd.DataFrame:
    """Missing as 0, and where each bar starts: negative amounts go left of 0, beside the positive ones."""
    rows = rows.assign(**{column: rows[column].map(placing.number).astype(float) for column in _MONEY})
    same_side = (rows["won"] >= 0) == (rows["open"] >= 0)
    return rows.assign(won_base=0.0, open_base=rows["won"].where(same_side, 0.0))


def _bars(
    name: str,
    sizes: pd.Series,
    bases: pd.Series,
    levels: list[float],
    hover: list[str],
    fill: str,
    outline: str,
) -> go.Bar:
    return go.Bar(
        name=name,
        x=sizes.tolist(),
        base=bases.tolist(),
        y=levels,
        width=0.62,
        orientation="h",
        marker={"color": fill, "line": {"color": outline, "width": [2 if size else 0 for size in sizes]}},
        hovertext=hover,
        hoverinfo="text",
    )


def _hover(row: object, currency: str, locale: str) -> str:
    lines = [
        f"{name}: {wording.money(getattr(row, name), currency, exact=True, locale=locale)}" for name in _MONEY
    ]
    deals = wording.count(int(placing.number(getattr(row, "deals", 0))), "open deal")
    return "<br>".join([f"<b>{placing.safe(getattr(row, 'group', ''))}</b>", *lines, deals])


def _text(won: float, is_open: float, currency: str, locale: str) -> str:
    parts = []
    if won:
        parts.append(f"<b>{wording.money(won, currency, locale=locale)}</b>")
    if is_open or not won:
        parts.append(f"{wording.money(is_open, currency, locale=locale)} open")
    return " + ".join(parts)


def _labels(
    fig: go.Figure,
    rows: pd.DataFrame,
    levels: list[float],
    currency: str,
    locale: str,
    dark: bool,
) -> tuple[float, float]:
    """Write each bar's amounts behind its end; gives the range of the axis."""
    texts = [_text(won, o, currency, locale) for won, o in zip(rows["won"], rows["open"], strict=True)]
    ends = [max(0.0, row.won, row.open_base + row.open) for row in placing.rows(rows)]
    low = min(0.0, rows["won"].min(), (rows["open_base"] + rows["open"]).min())
    for end, level, text in zip(ends, levels, texts, strict=True):
        fig.add_annotation(
            x=end,
            y=level,
            xanchor="left",
            xshift=8,
            text=text,
            font={"color": style.palette(dark).text, "size": style.SMALL},
        )
    fig.update_layout(margin={"r": placing.widest(texts, style.SMALL) + 20})
    return low, max(*ends, low + 1.0)


def _axes(
    fig: go.Figure,
    span: tuple[float, float],
    levels: list[float],
    names: list[str],
    left: int,
    currency: str,
    locale: str,
    dark: bool,
) -> None:
    colours = style.palette(dark)
    values, texts = placing.money_ticks(*span, currency=currency, locale=locale, most=4)
    fig.update_xaxes(range=list(span), tickvals=values, ticktext=texts, showgrid=True)
    fig.update_yaxes(
        range=[levels[-1] - 0.5, 0.5],
        tickvals=levels,
        ticktext=names,
        tickfont={"color": colours.text, "size": style.SIZE},
    )
    fig.add_shape(
        type="line", x0=0, x1=0, y0=0, y1=1, yref="paper", line={"color": colours.muted, "width": 1}
    )
    fig.update_layout(margin={"l": left, "t": 34, "b": 28})
