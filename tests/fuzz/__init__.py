"""Fuzzing of everything that reads what people bring: `python -m tests.fuzz --minutes 5 --target table`."""
