"""Every path as every role. A package, so that its world is built once for all of its modules."""
