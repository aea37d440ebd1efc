"""What a writer that was killed leaves in the store."""

import os
import time
from pathlib import Path

from studio.media.store import PARTS, Folder


def test_half_written_files_go_after_an_hour_and_whole_ones_never(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    whole = tmp_path / "whole"
    whole.write_bytes(b"whole")
    folder.add("ab" * 32, whole)
    for name, age in (("dead", 7200.0), ("being written", 5.0)):
        part = tmp_path / PARTS / name
        part.write_bytes(b"half")
        os.utime(part, (time.time() - age,) * 2)
    assert folder.clear_parts() == 1
    assert [path.name for path in (tmp_path / PARTS).iterdir()] == ["being written"]
    assert b"".join(folder.read("ab" * 32, 0, 5)) == b"whole"
