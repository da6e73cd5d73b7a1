"""The sales process from what was really asked: which answers, by which stage, go with what outcome."""
