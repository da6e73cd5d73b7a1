"""Native, editable charts of a deck: waterfalls, the range, stated against evidenced."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from analytics.brief.deck import FONT, ink
from analytics.brief.parts import Waterfall, clipped, each, seen
from analytics.figures.style import LIGHT, Hue

#: Series of a waterfall, by hue: name, colour, hollow.
_HUES: dict[str, tuple[str, Hue, bool]] = {
    "stated": ("Stated", LIGHT.stated, True),
    "sum": ("Evidenced", LIGHT.likely, False),
    "won": ("Won", LIGHT.won, False),
    "up": ("Adds", LIGHT.won, False),
    "down": ("Takes away", LIGHT.lost, False),
}
BASE, BELOW, LABELS = "(base, not shown)", "Below zero", "(labels)"
#: Room for the labels as a share of the axis: above columns, beside bars.
_ABOVE, _BESIDE = 0.12, 0.45
Place = tuple[float, float, float, float]  # left, top, width, height in inches


def waterfall_chart(slide: Any, found: Waterfall, place: Place, short: Callable[..., str]) -> Any:
    """Stacked columns on a base that is not shown; the labels stand above the columns."""
    bars = each(found.bars)
    low, high = found.axis
    series: dict[str, list[float | None]] = {BASE: [], **{name: [] for name, _, _ in _HUES.values()}}
    series |= {BELOW: [], LABELS: []}
    for bar in bars:
        for values in series.values():
            values.append(None)
        name = _HUES[bar.hue][0]
        if bar.high > 0:
            series[BASE][-1] = max(bar.low, 0.0) or None
            series[name][-1] = bar.high - max(bar.low, 0.0)
        if bar.low < 0:
            series[BELOW][-1] = bar.low - min(bar.high, 0.0)
            series[BASE][-1] = bar.high if bar.high < 0 else None
        series[LABELS][-1] = _ABOVE * (high - low)
    steps = [clipped(seen(bar.step), 44) for bar in bars]
    frame = _chart(slide, XL_CHART_TYPE.COLUMN_STACKED, steps, series, place)
    chart = frame.chart
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 45, 100
    axis = chart.value_axis
    axis.minimum_scale, axis.maximum_scale = low, high + _ABOVE * 1.2 * (high - low)
    looks = {name: (hue.mark, hollow) for name, hue, hollow in _HUES.values()}
    for one in plot.series:
        if one.name in (BASE, LABELS):
            _unseen(one)
        elif one.name == BELOW:
            for at, bar in enumerate(bars):
                _fill(one.points[at].format, *looks[_HUES[bar.hue][0]])
        else:
            _fill(one.format, *looks[one.name])
    texts = [short(bar.amount, signed=bar.kind == "change") for bar in bars]
    colours = [_HUES[bar.hue][1].ink for bar in bars]
    bold = [bar.kind != "change" for bar in bars]
    _labels(plot.series[len(series) - 1], texts, colours, bold, 13)
    return frame


def range_chart(slide: Any, rows: Sequence[tuple[str, list[float], str, str]], place: Place) -> Any:
    """Bars from zero, and one from P10 over P50 to P90. A row: name, [amount] or [P10, P50, P90], text, look
    (stated, aim, won, range)."""
    names = [BASE, "Won", "Stated", "Target", "P10 to P50", "P50 to P90", LABELS]
    series: dict[str, list[float | None]] = {name: [] for name in names}
    highest = max([amount for _, amounts, _, _ in rows for amount in amounts] + [1.0])
    for _, amounts, _, look in rows:
        for values in series.values():
            values.append(None)
        if look == "range":
            low, middle, top = amounts
            series[BASE][-1] = low
            series["P10 to P50"][-1], series["P50 to P90"][-1] = middle - low, top - middle
        else:
            series[{"stated": "Stated", "aim": "Target", "won": "Won"}[look]][-1] = amounts[0]
        series[LABELS][-1] = _BESIDE * highest
    frame = _chart(slide, XL_CHART_TYPE.BAR_STACKED, [name for name, _, _, _ in rows], series, place)
    chart = frame.chart
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 55, 100
    chart.category_axis.reverse_order = True
    chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = 0, highest * (1 + _BESIDE)
    looks = {
        "Won": (LIGHT.won.mark, False),
        "Stated": (LIGHT.stated.mark, True),
        "Target": (LIGHT.target, True),
        "P10 to P50": (LIGHT.likely.mark, False),
        "P50 to P90": ("#7FB4D8", False),
    }
    for one in plot.series:
        if one.name in (BASE, LABELS):
            _unseen(one)
        else:
            _fill(one.format, *looks[one.name])
    bold = [look == "range" for _, _, _, look in rows]
    texts = [f" {text}" for _, _, text, _ in rows]
    _labels(plot.series[len(names) - 1], texts, [LIGHT.text] * len(rows), bold, 13)
    return frame


def pair_chart(
    slide: Any,
    names: Sequence[str],
    stated: tuple[str, Sequence[float]],
    evidenced: tuple[str, Sequence[float]],
    place: Place,
    number_format: str,
) -> Any:
    """Two bars per name, stated hollow and evidenced solid; what is missing has no bar."""
    series: dict[str, list[float | None]] = {
        name: [None if pd.isna(value) else float(value) for value in values]
        for name, values in (stated, evidenced)
    }
    kind = XL_CHART_TYPE.BAR_CLUSTERED
    frame = _chart(slide, kind, names, series, place, number_format)
    chart = frame.chart
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 45, -5
    chart.category_axis.reverse_order = True
    known = [value for values in series.values() for value in values if value is not None]
    chart.value_axis.minimum_scale = min([0.0, *known])
    chart.value_axis.maximum_scale = (max(known) if known else 1.0) * 1.25 or 1.0
    for one, hue, hollow in zip(plot.series, (LIGHT.stated, LIGHT.likely), (True, False), strict=True):
        _fill(one.format, hue.mark, hollow)
        labels = one.data_labels
        labels.show_value, labels.number_format, labels.number_format_is_linked = True, number_format, False
        labels.position = XL_LABEL_POSITION.OUTSIDE_END
        labels.font.name, labels.font.size = FONT, Pt(12)
        labels.font.color.rgb = ink(hue.ink)
    return frame


def fill_height(frame: Any, left: float) -> None:
    """Let a chart's bars take its whole height, and its width from `left` (share) on: rows of a table beside
    it stand beside their bars."""
    area = frame.chart._chartSpace.chart.plotArea
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    layout = etree.Element(qn("c:layout"))
    manual = etree.SubElement(layout, qn("c:manualLayout"))
    wanted = {
        "layoutTarget": "inner",
        "xMode": "edge",
        "yMode": "edge",
        "x": left,
        "y": 0,
        "w": 1 - left,
        "h": 1,
    }
    for name, value in wanted.items():
        etree.SubElement(manual, qn(f"c:{name}")).set("val", str(value))
    area.insert(0, layout)


def short_format(symbol: str, highest: float) -> str:
    """Excel's format for $9.3M and $470K, so that a label follows its edited value."""
    sign = f'"{symbol}"'.replace('""', '"') if symbol else ""
    if highest >= 999_500_000:
        return f'[>=999500000]{sign}0.0,,,"B";[>=999500]{sign}0.0,,"M";{sign}0,"K"'
    if highest >= 99_950_000:
        return f'[>=99950000]{sign}0,,"M";[>=999500]{sign}0.0,,"M";{sign}0,"K"'
    return f'[>=999500]{sign}0.0,,"M";[>=999.5]{sign}0,"K";{sign}0'


def _chart(
    slide: Any,
    kind: Any,
    names: Sequence[str],
    series: dict[str, list[float | None]],
    place: Place,
    number_format: str = "#,##0.00",
) -> Any:
    """A chart in the house look: no legend, grid or money axis, because every bar has its label."""
    data: Any = CategoryChartData(number_format=number_format)  # type: ignore[no-untyped-call]
    data.categories = [name or " " for name in names]
    for name, values in series.items():
        data.add_series(name, values)
    frame = slide.shapes.add_chart(kind, *(Inches(one) for one in place), data)
    chart = frame.chart
    chart.has_legend, chart.has_title = False, False
    chart.font.name, chart.font.size = FONT, Pt(12)
    chart.font.color.rgb = ink(LIGHT.text)
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    axis = chart.category_axis
    axis.has_major_gridlines, axis.major_tick_mark = False, XL_TICK_MARK.NONE
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    axis.format.line.color.rgb = ink(LIGHT.muted)
    axis.tick_labels.font.size = Pt(12)
    return frame


def _labels(
    series: Any, texts: Sequence[str], colours: Sequence[str], bold: Sequence[bool], size: float
) -> None:
    """Texts at the foot of bars that are not shown: right above, or beside, the bars that are."""
    for at, (text, colour, is_bold) in enumerate(zip(texts, colours, bold, strict=True)):
        label = series.points[at].data_label
        frame = label.text_frame
        frame.text = seen(text) if not text.startswith(" ") else f" {seen(text)}"
        label.position = XL_LABEL_POSITION.INSIDE_BASE
        run = frame.paragraphs[0].runs[0]
        run.font.name, run.font.size, run.font.bold = FONT, Pt(size), is_bold
        run.font.color.rgb = ink(colour)


def _unseen(series: Any) -> None:
    series.format.fill.background()
    series.format.line.fill.background()


def _fill(look: Any, colour: str, hollow: bool) -> None:
    look.fill.solid()
    look.fill.fore_color.rgb = ink(LIGHT.background if hollow else colour)
    if hollow:
        look.line.color.rgb = ink(colour)
        look.line.width = Pt(1.75)
    else:
        look.line.fill.background()
