"""The weekly review: what to talk about, what was decided, and whether it came true."""
