"""Where the team's shared material is (real saved pages, seed texts), if it is on this machine at all."""

import os
from pathlib import Path

import pytest

_PLACE = Path(os.environ.get("PANTAU_SHARED", Path(__file__).parents[2] / "shared"))


def shared(*parts: str) -> Path:
    """The path below the shared folder; skips the test where the folder is absent (a fresh machine has none)."""
    path = _PLACE.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"no shared material here: {'/'.join(parts)} (set PANTAU_SHARED to its folder)")
    return path
