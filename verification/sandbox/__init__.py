"""The sandbox's people: whom a tester asks about, and what comes of it. Pure data (ADR 0018)."""
