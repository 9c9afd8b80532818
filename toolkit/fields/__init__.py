"""Text to value, one idea a module: pure functions that know no page, no kind of document and no file."""
