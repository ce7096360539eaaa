"""Where a service keeps its ledger: files, or a store that nodes share.

Apart from the slice's `build`, because workers load this alone."""
