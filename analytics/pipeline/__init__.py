"""What the CRM states for a quarter: weighted pipeline, coverage, breakdowns, hygiene. Every number has its deals."""
