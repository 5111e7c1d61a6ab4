"""Lines on the user's console, as they are: no markup, no highlighting, no text that a terminal would obey."""

from rich.console import Console

from toolkit.escape import visible_text


def tell(console: Console, line: str) -> None:
    """Show a line."""
    console.print(visible_text(line), markup=False, highlight=False, soft_wrap=True)
