-- The key table has a database of its own, whose dumps live shorter: docs/explanation/keys.md.
CREATE DATABASE curtilage_keys;
