"""What all use cases of people stand on: accounts, sessions, what is asked of whom, mail."""
