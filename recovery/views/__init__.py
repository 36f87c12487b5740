"""Pages of recovery, a file for each kind of reader."""
