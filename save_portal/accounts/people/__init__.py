"""The people of an agency or an office: who invites, moves and ends accounts (S1.2)."""
