"""Rich's console as our commands use it. Apart from ``cli.console``: importing Rich takes a tenth of a second."""

from rich.console import Console


class Printer(Console):
    """Rich's console, for which a reader that has enough ("| head") is no failure."""

    def on_broken_pipe(self) -> None:
        """Leave it to the command, as with ``print``; Rich ends the program with status 1."""
        raise BrokenPipeError
