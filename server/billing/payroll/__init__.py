"""How an appointment log becomes a pay run. Only rules, no input or output."""
