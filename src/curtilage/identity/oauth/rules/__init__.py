"""What is decided about requests, clients, grants and keys. Pure."""
