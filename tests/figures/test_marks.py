from __future__ import annotations

from analytics.figures import marks, style


def test_a_range_with_a_missing_end_is_left_out() -> None:
    line = marks.ranges([(1, 3, 0.0), (None, 3, -1.0), (2, float("nan"), -2.0), (2, 4, -3.0)], dark=False)
    assert list(line.x) == [1, 3, None, 2, 4, None]
    assert list(line.y) == [0, 0, None, -3, -3, None]


def test_ranges_can_be_told_from_the_background() -> None:
    """At least 2 to 1: a large area with labelled ends, not a thin mark that must be found."""
    for dark in (False, True):
        colours = style.palette(dark)
        mark, back = (luminance_parts(one) for one in (colours.likely.mark, colours.background))
        seen = [marks.RANGE_FILL * m + (1 - marks.RANGE_FILL) * b for m, b in zip(mark, back, strict=True)]
        light, low = sorted((luminance(seen), luminance(back)), reverse=True)
        assert (light + 0.05) / (low + 0.05) > 2


def luminance_parts(colour: str) -> list[float]:
    return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def luminance(parts: list[float]) -> float:
    red, green, blue = (((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_stated_is_hollow_and_the_rest_is_not() -> None:
    assert marks.ring(False)["symbol"].endswith("open")
    assert marks.ring(False)["color"] == style.LIGHT.stated.ink
    assert not marks.dot(style.LIGHT.won.mark, False)["symbol"].endswith("open")
    assert marks.tick("#000000", half=7)["size"] * 0.7 == 7
