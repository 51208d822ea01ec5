"""Everything stored: schema, migrations, ledger, writer, locks, maintenance."""
