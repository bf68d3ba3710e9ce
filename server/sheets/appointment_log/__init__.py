"""The appointment log: recognised, whatever its software called things, and read."""
