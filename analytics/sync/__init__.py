"""Reads live CRMs, and hands what it read to the reader of files: there is one way into the store."""
