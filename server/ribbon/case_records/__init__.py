"""The buttons Case list and Save cases."""
