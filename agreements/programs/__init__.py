"""The programs that SAVE is used for, as dated rows with their sources (S6). Information only."""
