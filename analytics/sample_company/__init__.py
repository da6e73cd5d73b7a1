"""A seeded sample company: buyers who decide, reps who report, and the truth kept apart from the reports."""

from analytics.sample_company.options import WorldOptions
from analytics.sample_company.oracle import exact_outcomes
from analytics.sample_company.world import World, build_world

__all__ = ["World", "WorldOptions", "build_world", "exact_outcomes"]
