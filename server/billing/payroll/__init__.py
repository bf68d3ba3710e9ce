"""How an appointment log becomes a pay run: rules only."""
