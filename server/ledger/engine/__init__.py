"""The only place that knows SQLite: connections, the write queue, migrations, triggers, copies, bulk values."""
