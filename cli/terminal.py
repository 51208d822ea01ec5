"""Rich's console; a separate module, as importing Rich takes 0.1 s."""

from rich.console import Console


class Printer(Console):
    """A console to which a closed pipe ("| head") is no failure."""

    def on_broken_pipe(self) -> None:
        """Leave it to the command; Rich would exit with status 1."""
        raise BrokenPipeError
