"""The data's own quality: checks of what is missing, stale, contradictory or duplicated, and the money."""
