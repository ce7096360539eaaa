"""Who calls, and what machines may do at this moment."""
