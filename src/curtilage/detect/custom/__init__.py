"""Rules of one's own: patterns and words in TOML, dictionaries, and what is allowed.

A pattern can take no more than linear time: Hyperscan matches it, or, where that
cannot read it, an engine with a clock that refuses when it runs out of time.
"""
