"""A progress bar on stderr, on a terminal only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm


@contextmanager
def progress_bar() -> Iterator[Callable[[float, str], None]]:
    """Yields report(share done, what is being done)."""
    with tqdm(total=100, disable=None, leave=False, bar_format="{desc:<40}{percentage:3.0f}% |{bar}|") as bar:

        def report(share: float, text: str) -> None:
            bar.set_description_str(text[:38], refresh=False)
            bar.update(max(0.0, min(100.0, share * 100) - bar.n))
            bar.refresh()

        yield report
