"""The privacy and security layer of AI applications."""
