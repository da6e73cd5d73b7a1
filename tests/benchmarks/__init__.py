"""How fast Plumbline is, beside DuckDB doing only the reading. `make bench` prints the table; not a test."""
