"""Which kind of document a file is, and how sure that is: phrases and layout from the `kind.toml` files, and zones."""
