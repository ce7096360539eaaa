"""Where the set-up link lies, for whoever shows it."""
