"""The engine on PostgreSQL: shared tables, where each statement sees one clinic."""
