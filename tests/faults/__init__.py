"""Faults put into real processes, files, disks and clocks: `python -m tests.faults` (docs/faults.md)."""
