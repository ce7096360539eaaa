"""Keys: made on first use, wrapped by the key above them, destroyed for good.

root key (a file) → tenant key, versioned → person's or principal's key, random
and destroyable → scope key. A *scope* is what makes tokens consistent; an
*epoch* is a period of 30 days. *Sealing* is encrypting so that only this key,
in this place, opens it. What is not here: tokens (`shield`), records
(`ledger`), who may do what (`identity`). How it fits: docs/explanation/keys.md.
"""
