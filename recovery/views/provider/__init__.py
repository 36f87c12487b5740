"""The provider's pages of a claim, a file for each part of the work: find, prove, post, decide, objections."""
