"""The team feed and its weekly digest: what people found out, and who wants to read of it."""
