"""Tasks as pages: lists, one with its comments and history, and templates of several."""
