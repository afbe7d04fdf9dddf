"""Errors become messages here and nowhere else."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Sequence

from lenet_ref.errors import LeNetError
from verify.errors import INTERNAL, UNUSABLE, HarnessError


def guarded(command: Callable[[Sequence[str]], int], words: Sequence[str]) -> int:
    """Run a command; whatever goes wrong becomes one line and the documented status."""
    try:
        return command(words)
    except HarnessError as error:
        return _say(f"lenet-verify: internal error: {error}", INTERNAL)
    except LeNetError as error:
        return _say(f"lenet-verify: {error}", UNUSABLE)
    except KeyboardInterrupt:
        return _say("lenet-verify: interrupted; no report was written", 130)
    except Exception:  # a bug of ours: say so, with what a report needs
        traceback.print_exc()
        return _say("lenet-verify: internal error; this is a bug, please report it", INTERNAL)


def _say(text: str, status: int) -> int:
    print(text, file=sys.stderr)
    return status
