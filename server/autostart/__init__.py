"""The service without a window: the lock of its ledger, its log, and the files that start it at log-on."""
