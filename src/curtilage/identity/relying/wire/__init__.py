"""What an issuer sends, and what the app keeps, as bytes and as models. Pure."""
