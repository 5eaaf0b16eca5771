"""What may be told of an error that nobody foresaw: its text may hold a secret or a student's data."""

import traceback
from pathlib import Path
from typing import cast


def kind_and_place(error: BaseException) -> str:
    """Return an error's kind and place, such as `KeyError in sending.py:120`; of a group, those of its first."""
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
    return f"{type(error).__name__} in {place}"
