"""The use cases of signing in through others."""
