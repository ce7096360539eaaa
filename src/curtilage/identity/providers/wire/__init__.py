"""What providers send and are sent, read strictly."""
