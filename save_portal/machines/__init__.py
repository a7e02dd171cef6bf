"""Machine access (S2.4): clients and their secrets, tokens, and the manners of a JSON endpoint."""
