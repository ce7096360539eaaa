"""What `store.shared` may say. Apart from the rest: settings load no database."""

MEMORY, STORE = "memory", "store"
SCHEMES = ("redis://", "rediss://", "valkey://")


def is_address(shared: str) -> bool:
    """Whether `store.shared` names a server of its own."""
    return shared.startswith(SCHEMES)


def redis_address(shared: str) -> str:
    """The address as the client takes it: Valkey speaks the same protocol."""
    return shared.replace("valkey://", "redis://", 1)
