"""Where the quarter will end. Today by smoothed history rates; later models must beat them."""
