"""Train the compact tagger, and measure it: `make tagger`."""
