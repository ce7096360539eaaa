"""What people do, and what is done with their accounts: one use case, one file."""
