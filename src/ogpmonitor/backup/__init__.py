"""A whole deployment kept in one folder, and brought back from it somewhere else: database, files, and the proof."""
