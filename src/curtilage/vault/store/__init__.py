"""Key tables: an SQLite file of one node, or a PostgreSQL database of several."""
