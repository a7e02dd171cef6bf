"""The JSON API (S2.4): all that the browser can do, for machines, by the same services."""
