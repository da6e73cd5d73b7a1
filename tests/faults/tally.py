"""What was injected, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Tally:
    """One kind of fault: how often it was injected, how often nothing was lost, and what went wrong."""

    fault: str
    injected: int = 0
    survived: int = 0
    acknowledged: int = 0
    problems: list[str] = field(default_factory=list)

    def note(self, problems: list[str], *, acknowledged: bool = False) -> None:
        """Count one injection."""
        self.injected += 1
        self.acknowledged += acknowledged
        self.survived += not problems
        self.problems += problems

    def add(self, other: Tally) -> None:
        """Count what another round found."""
        self.injected += other.injected
        self.survived += other.survived
        self.acknowledged += other.acknowledged
        self.problems += other.problems

    def line(self) -> str:
        """A row of the report."""
        return f"| {self.fault} | {self.injected} | {self.survived} | {self.acknowledged or ''} |"
