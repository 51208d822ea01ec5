"""Keeps everything that is stored: schema, migrations, ledger, writer, locks, administration."""
