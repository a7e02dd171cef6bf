"""Tutorials for each role: lessons, questions, certificates, and who may work without (S5.1)."""
