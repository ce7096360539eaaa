"""Fine-tune the larger tagger, export and measure it: `make transformer`."""
