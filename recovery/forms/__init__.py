"""What people type around a claim."""
