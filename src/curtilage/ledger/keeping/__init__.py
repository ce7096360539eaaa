"""Where a service keeps its ledger. Apart from the slice's `build`: workers load only this."""
