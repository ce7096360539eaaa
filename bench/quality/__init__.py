"""Development sets that detection is measured on, and the peers beside it.

Nothing of the product imports this. Values come from libraries of others where
there is one, so that our patterns are not judged by themselves.
"""
