"""What each deal will do by the end of the quarter, how that compares with what is stated, and why."""
