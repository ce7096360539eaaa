"""What of the ledger reaches other machines."""
