"""SQL of people, authenticators, sessions and ceremonies."""
