"""What is sent and answered, as plain values; nothing here does I/O."""
