"""How a worker reaches providers and the control process."""
