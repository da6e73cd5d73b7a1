"""Blue Sheets: strategic account sheets kept as Word documents, read whatever their layout."""
