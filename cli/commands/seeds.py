"""``scrapy seeds``: the documents at the start of a corpus."""

import argparse

from cli.console import PantauCommand, action_error


class Command(PantauCommand):
    """Imports and lists seed documents."""

    def syntax(self) -> str:
        return "import PATH… | list  [--format table|json]"

    def short_desc(self) -> str:
        return "Import seed documents, or list the imported"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--format", choices=("table", "json"), default="table", help="json: one line per document")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        from cli.seeds import import_documents, list_documents

        match args:
            case ["import", *paths] if paths:
                return import_documents(self.settings, paths, opts.format)
            case ["list"]:
                with self.open_for_reading() as session:
                    return list_documents(session, opts.format)
            case _:
                raise action_error(args, "import PATH… (files, directories, globs) or list")
