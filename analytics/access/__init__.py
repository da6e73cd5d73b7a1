"""Who may see which deals, and who may do what: decided here, and nowhere else."""
