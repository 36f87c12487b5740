"""Whether everybody is treated alike: numbers out of numbers. Pure functions; nothing here reads a row or the clock."""
