"""What a manager and a rep talk about: the rep's cases and statements beside the team's and own past ones."""
