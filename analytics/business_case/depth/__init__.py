"""How deep an answer to one of the seven questions is: named rules find spans, a small model weighs them."""
