"""The house template: colours by meaning, light and dark, and the empty figure.

Stated (CRM) is hollow or grey, evidenced is solid and coloured. The hues start from Okabe and Ito's set,
darkened or lightened until they reach WCAG AA on both backgrounds; tests/figures/test_style.py measures it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import plotly.graph_objects as go

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
SIZE = 14  # px; labels in figures
SMALL = 13  # px; ticks and remarks, the smallest there is
MARGIN = 8  # px; around a figure that has no axis text on that side

#: For st.plotly_chart(config=...): no toolbar, and a pair of "$" is money, not a formula.
CONFIG: dict[str, Any] = {"displayModeBar": False, "responsive": True, "typesetMath": False}

Meaning = Literal["won", "likely", "risk", "lost", "upside", "stated"]


@dataclass(frozen=True)
class Hue:
    """One meaning's colour: as a mark, as text on the background, and for text upon the mark."""

    mark: str
    ink: str
    on: str


@dataclass(frozen=True)
class Shade:
    """One step of a sequential ramp: the cell's colour, and that of the text in it."""

    fill: str
    on: str


@dataclass(frozen=True)
class Palette:
    """What each colour means, on one background. `target`, `text`, `muted`: for text and lines alike."""

    won: Hue
    likely: Hue  # evidenced: from history and business case
    risk: Hue
    lost: Hue
    upside: Hue
    stated: Hue  # in the CRM: grey, and hollow wherever the shape allows it
    target: str
    text: str
    muted: str
    grid: str
    background: str
    raised: str  # the second background: sidebar, widgets, hover boxes
    depth: tuple[Shade, ...]  # of an answer, level 0 to 4: the better evidenced, the stronger
    gap: tuple[Shade, ...]  # share of money that lacks something, in fifths: the more, the stronger


LIGHT = Palette(
    won=Hue("#007F5B", "#006B4C", "#FFFFFF"),
    likely=Hue("#0069A8", "#005A91", "#FFFFFF"),
    risk=Hue("#BF7E00", "#7F5200", "#141312"),
    lost=Hue("#B5410A", "#A63A08", "#FFFFFF"),
    upside=Hue("#A9578F", "#94427C", "#FFFFFF"),
    stated=Hue("#8A8884", "#5F5D5A", "#141312"),
    target="#121110",
    text="#121110",
    muted="#5F5D5A",
    grid="#E6E4E0",
    background="#FFFFFF",
    raised="#F5F5F3",
    depth=(
        Shade("#F2F0ED", "#121110"),
        Shade("#C5DDEF", "#121110"),
        Shade("#8FC1E3", "#121110"),
        Shade("#4A97CC", "#121110"),
        Shade("#005A91", "#FFFFFF"),
    ),
    gap=(
        Shade("#FBF8F3", "#121110"),
        Shade("#F2DCB0", "#121110"),
        Shade("#E5B965", "#121110"),
        Shade("#CE8F1F", "#121110"),
        Shade("#7F5200", "#FFFFFF"),
    ),
)
DARK = Palette(
    won=Hue("#2CC596", "#4FD3AB", "#141312"),
    likely=Hue("#56A8E8", "#7DBEF2", "#141312"),
    risk=Hue("#F0B429", "#F5C451", "#141312"),
    lost=Hue("#F0692E", "#FF9466", "#141312"),
    upside=Hue("#DB8FBE", "#E8A9CF", "#141312"),
    stated=Hue("#85827D", "#B8B5AF", "#141312"),
    target="#F1EFEC",
    text="#F1EFEC",
    muted="#B8B5AF",
    grid="#35332F",
    background="#171614",
    raised="#232220",
    depth=(
        Shade("#262422", "#F1EFEC"),
        Shade("#1A3F5D", "#F1EFEC"),
        Shade("#236697", "#F1EFEC"),
        Shade("#4A97CC", "#141312"),
        Shade("#A5D4F7", "#141312"),
    ),
    gap=(
        Shade("#2A2723", "#F1EFEC"),
        Shade("#4F3A12", "#F1EFEC"),
        Shade("#7A5510", "#F1EFEC"),
        Shade("#C28A1E", "#141312"),
        Shade("#F5C451", "#141312"),
    ),
)

#: How much of the stated grey fills a block: the surer the statement, the fuller; never solid.
STATED_FILL = {"commit": 0.34, "best_case": 0.16, "pipeline": 0.0}


def palette(dark: bool) -> Palette:
    """The colours for one background."""
    return DARK if dark else LIGHT


def faded(colour: str, share: float) -> str:
    """A colour with `share` opacity, as rgba()."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {share:g})"


@cache
def template(dark: bool) -> go.layout.Template:
    """The house template; never registered as anybody's default."""
    colours = palette(dark)
    axis = {
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "fixedrange": True,
        "gridcolor": colours.grid,
        "linecolor": colours.muted,
        "tickfont": {"size": SMALL, "color": colours.muted},
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": SIZE, "color": colours.text},
            "paper_bgcolor": "rgba(0, 0, 0, 0)",
            "plot_bgcolor": "rgba(0, 0, 0, 0)",
            "colorway": [colours.likely.mark, colours.won.mark, colours.risk.mark, colours.upside.mark],
            "showlegend": False,
            "dragmode": False,
            "hovermode": "closest",
            "hoverlabel": {
                "bgcolor": colours.raised,
                "bordercolor": colours.muted,
                "font": {"family": FONT, "size": SIZE, "color": colours.text},
                "align": "left",
                "namelength": -1,
            },
            "margin": {"l": MARGIN, "r": MARGIN, "t": MARGIN, "b": MARGIN},
            "xaxis": axis,
            "yaxis": {**axis, "ticks": "outside", "ticklen": 6, "tickcolor": "rgba(0, 0, 0, 0)"},
            "barmode": "overlay",
            "annotationdefaults": {"showarrow": False, "font": {"size": SIZE, "color": colours.text}},
        }
    )


class _Figure(go.Figure):  # type: ignore[misc]  # Plotly has no types
    """A figure that puts annotations and shapes in together, when somebody asks for its layout.

    Plotly copies all that are there for each one that comes, work that grows with the square of their number.
    """

    def __init__(self, *given: Any, **options: Any) -> None:
        self._waiting: dict[str, list[Any]] = {"annotations": [], "shapes": []}
        super().__init__(*given, **options)

    def add_annotation(self, **given: Any) -> go.Figure:
        self._waiting["annotations"].append(go.layout.Annotation(**given))
        return self

    def add_shape(self, **given: Any) -> go.Figure:
        self._waiting["shapes"].append(go.layout.Shape(**given))
        return self

    @property
    def layout(self) -> go.Layout:
        layout = go.Figure.layout.fget(self)
        for kind in self._waiting:
            if new := self._waiting[kind]:
                self._waiting[kind] = []  # first, for Plotly asks for the layout while it changes
                layout[kind] += tuple(new)
        return layout

    @layout.setter
    def layout(self, new: Any) -> None:
        go.Figure.layout.fset(self, new)

    def to_dict(self) -> dict[str, Any]:
        _ = self.layout
        written: dict[str, Any] = super().to_dict()
        return written


def figure(dark: bool, *, height: int) -> go.Figure:
    """A figure with nothing in it yet, in the house template."""
    return _Figure(layout={"template": template(dark), "height": height})


def empty(message: str, *, dark: bool) -> go.Figure:
    """Instead of a figure: what is the case, in a sentence."""
    fig = figure(dark, height=96)
    fig.update_xaxes(visible=False, range=[0, 1])
    fig.update_yaxes(visible=False, range=[0, 1])
    fig.add_annotation(
        text=message,
        x=0,
        y=0.5,
        xref="paper",
        yref="paper",
        xanchor="left",
        font={"color": palette(dark).muted},
    )
    return fig


def key(fig: go.Figure, entries: Iterable[tuple[str, str, str]], *, shift: int = 0) -> None:
    """One line above the figure saying what the marks are: (glyph, colour, words) each."""
    parts = (f'<span style="color:{colour}">{glyph}</span> {words}' for glyph, colour, words in entries)
    fig.add_annotation(
        text="&nbsp;&nbsp;&nbsp;&nbsp;".join(parts),
        x=0,
        y=1,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        xshift=shift,
        yshift=8,
        align="left",
        font={"size": SMALL, "color": fig.layout.template.layout.xaxis.tickfont.color},
    )
