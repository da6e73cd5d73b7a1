"""HTML files that the product writes: how their templates are read, with every text escaped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from analytics.wording import percent, without_unseen


def _seen(value: Any) -> Any:
    return without_unseen(value) if type(value) is str else value


def html_template(path: Path, shown: Callable[[Any], Any] = _seen) -> Template:
    """A template whose values are escaped and shown as `shown` says (as they are, without unseen signs).

    A name that is not given is an error, never an empty place. `percent` is a filter.
    """
    surroundings = Environment(
        loader=FileSystemLoader(path.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=shown,
    )
    surroundings.filters["percent"] = percent
    return surroundings.get_template(path.name)
