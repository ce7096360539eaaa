"""The use cases: keys, the set-up link, signing in and out."""
