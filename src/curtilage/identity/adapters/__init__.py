"""What reaches outside the process: slow hashing in threads, the set-up file."""
