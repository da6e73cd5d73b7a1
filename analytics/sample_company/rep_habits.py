"""What some reps always do: one habit each, dealt like cards, for worlds that put coaching to the test.

A habit changes what is written down, never the buyer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.sample_company.arrays import Bools, Floats, Ints, stream
from analytics.sample_company.options import WorldOptions
from analytics.store.subjects import QUESTIONS

NO_HABIT, BLIND_SPOT, STALE, SELDOM, PUSHES, FEW_PEOPLE = range(6)
HABIT_NAMES = ("", "blind spot", "stale", "seldom", "pushes", "few stakeholders")
#: of every eighteen reps: a third without a habit
_DECK = [NO_HABIT] * 6 + [BLIND_SPOT] * 4 + [STALE, SELDOM, PUSHES, FEW_PEOPLE] * 2
#: share of the reps who are strong in one question, whatever else they do
_STRONG = 0.4
#: nobody's question
NO_QUESTION = -1

_SHY, _SELDOM, _AT_ONCE = 0.3, 0.3, 0.85
#: what a strong question adds to the level on which depths are cut
STRENGTH = 1.1
_FEW = 0.25
#: stated time to close / the time as others would state it
_RUSH = 0.30
_CARE = 0.40, 0.80


@dataclass(frozen=True)
class RepHabits:
    """Parallel arrays per person; nobody has a habit in a world without them."""

    habit: Ints
    blind: Ints  # the question of a blind spot
    strong: Ints  # the question that this person asks better than the others

    def rush(self) -> Floats:
        """Factor on the stated time to close: whose dates are always too early has to push them."""
        return np.where(self.habit == PUSHES, _RUSH, 1.0)

    def care(self, diligence: Floats) -> Floats:
        """Diligence where habits are dealt: nobody is so careless that it would be one more habit."""
        return np.clip(diligence, *_CARE) if self.habit.any() else diligence

    def noting(self, person: Ints) -> Floats:
        """Factor on the chance that a contact is noted down."""
        return np.where(self.habit[person] == FEW_PEOPLE, _FEW, 1.0)

    def chance(self, person: Ints, usual: Floats) -> Floats:
        """The chance of writing an answer (deal x moment x question), from the usual one."""
        habit, first = self.habit[person][:, :, None], np.arange(person.shape[1])[:, None] == 0
        chance = np.where(self._are(self.blind, person), _SHY * usual, usual)
        chance = np.where(habit == SELDOM, _SELDOM * chance, chance)
        return np.where(habit == STALE, np.where(first, _AT_ONCE, 0.0), chance)

    def depth(self, person: Ints, depth: Ints, raised: Ints) -> Ints:
        """The depth of what is written: `raised` in a strong question, a generic line in a blind spot."""
        better = np.where(self._are(self.strong, person), raised, depth)
        return np.where(self._are(self.blind, person), np.minimum(better, 1), better)

    def _are(self, question: Ints, person: Ints) -> Bools:
        found: Bools = question[person][:, :, None] == np.arange(len(QUESTIONS))
        return found


def draw_rep_habits(options: WorldOptions, is_rep: Bools) -> RepHabits:
    """A habit per rep, dealt from a shuffled deck so that every world has its share of each."""
    count = len(is_rep)
    nobody = np.full(count, NO_QUESTION)
    if not options.habits:
        return RepHabits(np.full(count, NO_HABIT), nobody, nobody)
    rng = stream(options.seed, "rep habits")
    reps = np.flatnonzero(is_rep)
    habit, blind = np.full(count, NO_HABIT), nobody.copy()
    habit[reps] = _deal(np.array(_DECK), len(reps), rng)
    those = np.flatnonzero(habit == BLIND_SPOT)
    blind[those] = _deal(np.arange(len(QUESTIONS)), len(those), rng)
    away = rng.integers(1, len(QUESTIONS), count)
    strong = np.where(blind >= 0, blind + away, away) % len(QUESTIONS)
    has = is_rep & (rng.random(count) < _STRONG)
    return RepHabits(habit, blind, np.where(has, strong, NO_QUESTION))


def _deal(deck: Ints, count: int, rng: np.random.Generator) -> Ints:
    """The first cards of as many shuffled decks as are needed."""
    copies = max(-(-count // len(deck)), 1)
    return np.concatenate([rng.permutation(deck) for _ in range(copies)])[:count]
