"""OAuth and OpenID Connect messages: parameters and JSON in, models or documents out."""
