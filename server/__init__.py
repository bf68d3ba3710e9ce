"""The service: rules, ledger, operations, worksheets, ribbon, API, command line."""
