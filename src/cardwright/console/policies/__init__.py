"""Pages of review policies: the list, one policy in words and as its file, the dry run, and new versions."""
