"""What the CRM states for a quarter: weighted pipeline, coverage, hygiene; every number with its deals."""
