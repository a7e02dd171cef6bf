"""The portal on one machine: its environment, its private PostgreSQL, the demo and the suite.

Everything here runs before the dependencies are installed, so it uses the standard library only.
"""
