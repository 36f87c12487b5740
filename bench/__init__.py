"""Our times beside those of the bare libraries, in one run."""
