"""Pure decisions: presets, whose word on an address counts, what an arrival leads to."""
