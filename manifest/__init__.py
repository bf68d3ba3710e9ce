"""Everything built from the one table of the ribbon, ``ribbon.toml``."""
