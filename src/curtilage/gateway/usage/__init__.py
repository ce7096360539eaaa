"""What was used, by whom, of which model: sums that the ledger can be asked to prove.

`rules` folds the Events of calls into sums, `store` keeps the sums beside the
place up to which the ledger was read, so that each record counts once. `service`
reports, and recounts. Prices and budgets are not here: see `prices`, `billing`.
"""
