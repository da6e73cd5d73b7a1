"""The app's settings: they exist in this Streamlit, and say the same colours as the figures."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from streamlit import config as streamlit_config

from analytics.figures import style

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def options(section: str, values: dict[str, Any]) -> list[str]:
    names = []
    for key, value in values.items():
        names += options(f"{section}.{key}", value) if isinstance(value, dict) else [f"{section}.{key}"]
    return names


@pytest.mark.parametrize("option", [name for section in CONFIG for name in options(section, CONFIG[section])])
def test_every_option_exists(option: str) -> None:
    assert option in streamlit_config._config_options_template


def test_safe_and_quiet_by_default() -> None:
    assert CONFIG["server"] == {
        "address": "127.0.0.1",
        "headless": True,
        "fileWatcherType": "none",
        "maxUploadSize": 500,
        "maxMessageSize": 50,
    }
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"] == {"showErrorDetails": "none", "toolbarMode": "viewer", "allowedOrigins": []}
    assert CONFIG["runner"]["magicEnabled"] is False


def test_fonts_are_the_system_s_own() -> None:
    for name in ("font", "headingFont", "codeFont"):
        assert ":" not in CONFIG["theme"][name]  # "name:url" would fetch it
    assert "fontFaces" not in CONFIG["theme"]


@pytest.mark.parametrize(("section", "palette"), [("light", style.LIGHT), ("dark", style.DARK)])
def test_colours_mean_the_same_in_app_and_figures(section: str, palette: style.Palette) -> None:
    theme = CONFIG["theme"][section]
    assert theme["backgroundColor"] == palette.background
    assert theme["secondaryBackgroundColor"] == palette.raised
    assert theme["textColor"] == palette.text
    hues = {
        "green": palette.won,
        "blue": palette.likely,
        "orange": palette.risk,
        "red": palette.lost,
        "violet": palette.upside,
        "gray": palette.stated,
    }
    for name, hue in hues.items():
        assert (theme[f"{name}Color"], theme[f"{name}TextColor"]) == (hue.mark, hue.ink)
    assert set(CONFIG["theme"]["light"]) == set(CONFIG["theme"]["dark"])
