"""The content-addressed store: a folder or an S3 bucket, by one setting.

`put` is idempotent and atomic: a file is there whole under its hash, or not at all, whatever dies when.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlparse

from django.conf import settings
from django.utils.translation import gettext

from studio.media.models import Asset, Holding
from studio.projects.models import Project

CHUNK = 1 << 18
PARTS = "parts"


class DiskFull(Exception):
    """The store has no room; nothing was kept of the file."""


class Store(Protocol):
    def has(self, sha256: str) -> bool: ...
    def add(self, sha256: str, path: Path) -> None: ...
    def local(self, sha256: str) -> Path: ...
    def read(self, sha256: str, start: int, length: int) -> Iterator[bytes]:
        """Pieces of at most `CHUNK` bytes. Raises `FileNotFoundError` at the first if the store has no such file."""
        ...

    def size(self, sha256: str) -> int: ...


class Folder:
    """Files under `root/ab/cd/abcd…`; written under `root/parts`, synced, then renamed into their place."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def has(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def size(self, sha256: str) -> int:
        return self.path(sha256).stat().st_size

    def add(self, sha256: str, path: Path) -> None:
        place = self.path(sha256)
        part = self.root / PARTS / uuid.uuid4().hex
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            part.parent.mkdir(exist_ok=True)
            with path.open("rb") as source, part.open("wb") as target:
                shutil.copyfileobj(source, target, CHUNK)
                target.flush()
                os.fsync(target.fileno())
            part.rename(place)
        except OSError as problem:
            part.unlink(missing_ok=True)
            if problem.errno in (28, 122):  # ENOSPC, EDQUOT
                raise DiskFull(gettext("The disk that holds the films is full. Nothing was lost; free some space and retry.")) from problem
            raise

    def clear_parts(self, older_than: float = 3600.0) -> int:
        """Remove what writers that were killed left half-written, so many seconds ago; returns how many files."""
        removed = 0
        for part in (self.root / PARTS).glob("*"):
            with suppress(FileNotFoundError):  # its writer is alive after all and has just put it into its place
                if part.stat().st_mtime < time.time() - older_than:
                    part.unlink()
                    removed += 1
        return removed

    def local(self, sha256: str) -> Path:
        return self.path(sha256)

    def read(self, sha256: str, start: int, length: int) -> Iterator[bytes]:
        with self.path(sha256).open("rb") as file:
            file.seek(start)
            while length > 0 and (piece := file.read(min(CHUNK, length))):
                length -= len(piece)
                yield piece


class Bucket:
    """The same under S3 keys `ab/cd/abcd…`; whole files are fetched once into a cache folder for those who need a path."""

    def __init__(self, name: str, endpoint: str | None, cache: Path) -> None:
        import boto3

        self.name, self.cache = name, Folder(cache)
        self.client: Any = boto3.client("s3", endpoint_url=endpoint)

    def key(self, sha256: str) -> str:
        return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def has(self, sha256: str) -> bool:
        from botocore.exceptions import ClientError

        try:
            self.client.head_object(Bucket=self.name, Key=self.key(sha256))
        except ClientError as problem:
            if problem.response["Error"]["Code"] in ("404", "NoSuchKey"):
                return False
            raise
        return True

    def size(self, sha256: str) -> int:
        return int(self.client.head_object(Bucket=self.name, Key=self.key(sha256))["ContentLength"])

    def add(self, sha256: str, path: Path) -> None:
        self.client.upload_file(str(path), self.name, self.key(sha256))

    def local(self, sha256: str) -> Path:
        if not self.cache.has(sha256):
            part = self.cache.root / f".{uuid.uuid4().hex}.part"
            part.parent.mkdir(parents=True, exist_ok=True)
            self.client.download_file(self.name, self.key(sha256), str(part))
            self.cache.add(sha256, part)
            part.unlink()
        return self.cache.local(sha256)

    def read(self, sha256: str, start: int, length: int) -> Iterator[bytes]:
        if length <= 0:
            return
        try:
            answer = self.client.get_object(Bucket=self.name, Key=self.key(sha256), Range=f"bytes={start}-{start + length - 1}")
        except self.client.exceptions.NoSuchKey as problem:
            raise FileNotFoundError(sha256) from problem
        yield from answer["Body"].iter_chunks(CHUNK)


@cache
def store_at(url: str) -> Store:
    """The store behind `file:///folder` or `s3://bucket?endpoint=https://…`."""
    parts = urlparse(url)
    if parts.scheme == "file":
        return Folder(Path(parts.path))
    if parts.scheme == "s3":
        endpoint = parse_qs(parts.query).get("endpoint", [None])[0]
        return Bucket(parts.netloc, endpoint, Path(settings.FIRSTCUT_DATA) / "cache" / "media")
    raise ValueError(f"STORAGE_URL must begin with file:// or s3://, not {url!r}.")


def store() -> Store:
    return store_at(settings.STORAGE_URL)


def clear_parts() -> None:
    found = store()
    if isinstance(found, Folder):  # a bucket keeps nothing half-written
        found.clear_parts()


def fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def put(path: Path, media_type: str, sha256: str | None = None) -> Asset:
    """Keep a file. The bytes are in the store before the row exists. Raises `DiskFull`."""
    sha256 = sha256 or fingerprint(path)
    if not store().has(sha256):
        store().add(sha256, path)
    asset, _ = Asset.objects.get_or_create(sha256=sha256, defaults={"size": path.stat().st_size, "media_type": media_type})
    return asset


def put_upload(file: Any) -> Asset:
    """Keep a file as somebody sent it (Django's `UploadedFile`), chunk by chunk; nobody is served it. What it is, a worker finds out."""
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(prefix="upload-") as kept:
        for chunk in file.chunks():
            digest.update(chunk)
            kept.write(chunk)
        kept.flush()
        return put(Path(kept.name), "application/octet-stream", digest.hexdigest())


def hold(project: Project, *assets: Asset) -> None:
    """Let a project serve these assets."""
    Holding.objects.bulk_create([Holding(project=project, asset=asset) for asset in assets], ignore_conflicts=True)


def local(sha256: str) -> Path:
    """A path on this machine from which the asset can be read."""
    return store().local(sha256)
