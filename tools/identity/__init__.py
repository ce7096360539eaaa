"""Writes the page of what identity must do and what shows it."""
