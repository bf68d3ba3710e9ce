"""The service: rules, ledger, worksheets, commands, addresses, command line."""
