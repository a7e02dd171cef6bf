"""Arabic as Django writes it, with the thousands of a number set apart: 1.234."""

NUMBER_GROUPING = 3
