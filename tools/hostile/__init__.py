"""What trains the model of wording."""
