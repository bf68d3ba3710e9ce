"""A simulated Excel for the browser. Only files: the service finds them by this package's name."""
