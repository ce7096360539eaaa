"""Where root keys lie: a file today."""
