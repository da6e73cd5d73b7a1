"""The two ways in which an answer can be missing: the input was bad, or there is too little of it."""

from __future__ import annotations

from dataclasses import dataclass


class BadInput(Exception):
    """Something a person gave us cannot be used. The message says what, where, and what to do.

    Shown as one line on stderr (exit 2) or as one box in the app; never as a traceback.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        expected: str = "",
        got: str = "",
        to_do: str = "",
    ) -> None:
        self.what, self.where, self.expected, self.got, self.to_do = what, where, expected, got, to_do
        parts = [f"{where}: {what}" if where else what]
        if expected:
            parts.append(f"expected {expected}")
        if got:
            parts.append(f"got {got}")
        text = "; ".join(parts).rstrip(".") + "."
        super().__init__(f"{text} {to_do}".strip())


class NoStore(BadInput):
    """There is no store yet: no file, or one in which nothing was ever completed."""


class NoDeals(BadInput):
    """There is a store, but no deals in it yet."""


class StoreBusy(BadInput):
    """The store stayed locked by another process for longer than we wait."""


@dataclass(frozen=True)
class NotEnough:
    """A measure that cannot be given honestly: why, and how many observations there were.

    `n` is None where no number of observations would help (a target that is not loaded).
    """

    reason: str
    n: int | None = None

    def __str__(self) -> str:
        return self.reason if self.n is None else f"not enough data (n={self.n}): {self.reason}"
