"""The CRM's tables as a warehouse holds them: Parquet folders, Postgres.

Visible SQL (`sql/<source>/*.sql`, or a person's own) turns them into the files that the import reads:
`parquet` and `postgres` know where tables lie, `selects` completes the SQL, `reading` writes what it yields.
"""
