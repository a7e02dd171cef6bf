"""The demonstration: agencies, people at work and a past, made by the portal's own services."""
