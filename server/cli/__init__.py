"""The command line: the one place that knows both the service and the add-in."""
