"""What the authorization server asks of people, of the vault, and of clients' addresses."""
