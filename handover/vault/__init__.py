"""Papers as bytes: which kinds are taken, how they are checked, encrypted and kept. No rows, no pages."""
