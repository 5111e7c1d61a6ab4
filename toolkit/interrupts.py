"""Who answers an interrupt, such as Ctrl-C."""

import signal
from collections.abc import Callable
from types import FrameType


def answer_interrupts(answer: Callable[[int, FrameType | None], object]) -> None:
    """Have interrupts answered, unless they are ignored: whoever starts a program so wants it to go on.

    `nohup` in a script does, and every shell that puts a command of a script into the background.

    Args:
        answer: Takes the signal's number and the frame that it interrupts.
    """
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, answer)
