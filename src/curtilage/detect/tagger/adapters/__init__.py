"""Taggers of others: spaCy, Hugging Face, GLiNER, and the recognisers of Presidio.

Each adapter loads a model from a local path and reads windows of text with it; what
is common to all (windows, labels, bounds, faults) is in `adapted`. Nothing here asks
the network: a model that is not on the disk is refused. Their libraries are no
dependencies of ours: whoever wants one installs it beside us.
"""
