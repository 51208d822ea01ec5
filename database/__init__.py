"""Where everything is kept: schema, migrations, ledger, articles, search."""
