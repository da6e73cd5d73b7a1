"""The business case: the seven answers of a deal, and how deep they are."""
