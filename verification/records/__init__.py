"""The federal record systems as the portal receives them. Knows no cases."""
