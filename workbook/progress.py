"""What the commands print as they work."""

import sys


def say(message: str) -> None:
    """Print one line about the step that now begins."""
    print(f"· {message}", file=sys.stderr, flush=True)
