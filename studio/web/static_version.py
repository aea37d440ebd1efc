"""One version for all files the browser gets, found from their content, so that two web machines agree on it."""

import hashlib
from pathlib import Path


def static_version(root: Path) -> str:
    digest = hashlib.sha256()
    static = root / "static"
    for path in sorted(p for p in static.rglob("*") if p.is_file()):
        digest.update(path.relative_to(static).as_posix().encode() + b"\0" + path.read_bytes())
    lock = root / "requirements.lock"
    if lock.exists():  # installed packages bring files too
        digest.update(lock.read_bytes())
    return digest.hexdigest()[:12]
