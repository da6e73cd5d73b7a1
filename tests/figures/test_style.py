"""The palette is measured, not believed: WCAG contrast, and meanings told apart by any colour vision."""

from __future__ import annotations

import dataclasses
import importlib
import itertools
import tomllib
from pathlib import Path

import numpy as np
import plotly.io as pio
import pytest

from analytics.figures import style

FIGURES = Path(style.__file__).parent
CONFIG = Path(__file__).parents[2] / ".streamlit" / "config.toml"
MEANINGS = ("won", "likely", "risk", "lost", "upside", "stated")
BOTH = [pytest.param(style.LIGHT, id="light"), pytest.param(style.DARK, id="dark")]

#: Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
VISION = {
    "usual": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(first: str, second: str) -> float:
    """WCAG 2.2 contrast ratio."""
    darker, lighter = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (first, second))
    return (lighter + 0.05) / (darker + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ rgb / np.array([0.9505, 1, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def blended(colour: str, background: str, share: float) -> str:
    mixed = [
        round(int(colour[i : i + 2], 16) * share + int(background[i : i + 2], 16) * (1 - share))
        for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{value:02x}" for value in mixed)


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)  # the well-known near miss


@pytest.mark.parametrize("palette", BOTH)
@pytest.mark.parametrize("meaning", MEANINGS)
def test_every_hue_reaches_aa(palette: style.Palette, meaning: str) -> None:
    hue = getattr(palette, meaning)
    for background in (palette.background, palette.raised):
        assert contrast(hue.mark, background) >= 3
        assert contrast(hue.ink, background) >= 4.5
    assert contrast(hue.on, hue.mark) >= 4.5


@pytest.mark.parametrize("palette", BOTH)
def test_texts_and_lines_reach_aa(palette: style.Palette) -> None:
    for background in (palette.background, palette.raised):
        for colour in (palette.text, palette.muted, palette.target):
            assert contrast(colour, background) >= 4.5


@pytest.mark.parametrize("palette", BOTH)
def test_ink_reads_on_the_tints_that_streamlit_makes_of_a_mark(palette: style.Palette) -> None:
    """Badges and metric changes: the mark at 10% (light) or 20% (dark) behind the ink."""
    share = 0.1 if palette is style.LIGHT else 0.2
    for meaning in MEANINGS:
        hue = getattr(palette, meaning)
        assert contrast(hue.ink, blended(hue.mark, palette.background, share)) >= 4.5


@pytest.mark.parametrize("palette", BOTH)
@pytest.mark.parametrize("vision", VISION)
def test_meanings_are_told_apart_with_any_colour_vision(palette: style.Palette, vision: str) -> None:
    seen = {
        meaning: lab(np.clip(np.array(VISION[vision]) @ linear(getattr(palette, meaning).mark), 0, 1))
        for meaning in MEANINGS
    }
    for first, second in itertools.combinations(MEANINGS, 2):
        assert np.linalg.norm(seen[first] - seen[second]) >= 10, (first, second)


@pytest.mark.parametrize("palette", BOTH)
@pytest.mark.parametrize("ramp", ["depth", "gap"])
def test_the_text_in_a_shade_reaches_aa(palette: style.Palette, ramp: str) -> None:
    for shade in getattr(palette, ramp):
        assert contrast(shade.on, shade.fill) >= 4.5, shade


@pytest.mark.parametrize("palette", BOTH)
@pytest.mark.parametrize("ramp", ["depth", "gap"])
@pytest.mark.parametrize("vision", VISION)
def test_a_ramp_goes_away_from_the_background_in_steps_that_every_eye_sees(
    palette: style.Palette, ramp: str, vision: str
) -> None:
    def lightness(colour: str) -> float:
        return float(lab(np.clip(np.array(VISION[vision]) @ linear(colour), 0, 1))[0])

    background = lightness(palette.background)
    away = [abs(lightness(shade.fill) - background) for shade in getattr(palette, ramp)]
    assert min(np.diff([0.0, *away])) > 0
    assert min(np.diff(away)) >= 6


def test_no_meaning_shares_its_colour() -> None:
    for palette in (style.LIGHT, style.DARK):
        marks = [getattr(palette, meaning).mark for meaning in MEANINGS]
        assert len(set(marks)) == len(marks)
        assert {field.name for field in dataclasses.fields(palette)} >= set(MEANINGS)


def test_a_figure_ignores_whatever_default_template_is_set() -> None:
    before = pio.templates.default
    try:
        pio.templates.default = "plotly_dark"
        fig = style.figure(False, height=100)
    finally:
        pio.templates.default = before
    assert fig.layout.template.layout.paper_bgcolor == "rgba(0, 0, 0, 0)"
    assert fig.layout.template.layout.font.color == style.LIGHT.text


def test_every_figure_has_a_drawing_and_a_description() -> None:
    names = {path.stem for path in FIGURES.glob("*.py")} - {
        "__init__",
        "style",
        "placing",
        "marks",
        "drawing",
    }
    assert names
    for name in names:
        module = importlib.import_module(f"analytics.figures.{name}")
        assert callable(getattr(module, name))
        assert callable(module.describe)
        assert module.NOTHING.endswith(".")


@pytest.mark.parametrize(("section", "palette"), [("light", style.LIGHT), ("dark", style.DARK)])
def test_what_streamlit_mixes_stays_readable(section: str, palette: style.Palette) -> None:
    """Captions are the text at 60%; a primary button has white text; the chosen segment is in that colour."""
    for background in (palette.background, palette.raised):
        assert contrast(blended(palette.text, background, 0.6), background) >= 4.5
    primary = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"][section]["primaryColor"]
    assert contrast("#FFFFFF", primary) >= 4.5
    assert contrast(primary, palette.background) >= 3  # no colour reaches 4.5 here and there in the dark
