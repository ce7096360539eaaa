"""SQL of identity, on SQLite and PostgreSQL. Secrets and keys are here only as digests."""
