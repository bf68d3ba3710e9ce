"""The workbooks that staff start from. Only files: the service finds them by this package's name."""
