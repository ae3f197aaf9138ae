"""Bill lines in immutable Parquet files, read and written through DuckDB. It knows no Django and no tenant."""
