"""Draws the same picture of the same data once: Plotly's objects take most of a page's time."""

from __future__ import annotations

import hashlib
import pickle  # nosec B403: only to tell data apart; nothing is read back
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import ParamSpec, TypeVar

import plotly.graph_objects as go

_Given = ParamSpec("_Given")
_Figure = TypeVar("_Figure", bound=go.Figure)
#: Pictures that are kept, those looked at last: some 20 readers' pages of nine.
_MOST = 200
_kept: OrderedDict[bytes, go.Figure] = OrderedDict()
_lock = Lock()


def drawn_once(draw: Callable[_Given, _Figure]) -> Callable[_Given, _Figure]:
    """A figure function whose pictures are kept by what was drawn; shared, so never to be changed."""

    @wraps(draw)
    def drawn(*args: _Given.args, **kwargs: _Given.kwargs) -> _Figure:
        asked = pickle.dumps((draw.__module__, args, kwargs), protocol=5)
        key = hashlib.blake2b(asked, digest_size=20).digest()
        with _lock:
            found = _kept.get(key)
            if found is not None:
                _kept.move_to_end(key)
                return found  # type: ignore[no-any-return]
        made = draw(*args, **kwargs)
        with _lock:
            _kept[key] = made
            while len(_kept) > _MOST:
                _kept.popitem(last=False)
        return made

    return drawn
