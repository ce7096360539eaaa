"""What people ask of the gateway: what happened, why, and what would happen."""
