"""SQL of people, authenticators, sessions and ceremonies.

`identity.store` says in which order rows are held."""
