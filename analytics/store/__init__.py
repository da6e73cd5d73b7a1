"""The store: dated change rows in DuckDB. The one place that opens a database."""
