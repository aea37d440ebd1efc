"""Models from a hub that speaks huggingface.co's protocol, through its own client: what a model is, and fetching it whole, checked and resumable.

The client's own `snapshot_download` (2.4) gives every attempt a new temporary file and deletes it when the attempt fails, so it cannot go on
after a kill. Its lower half can: `http_get` continues an open file by a Range request. This module keeps the half files.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generation.contract import BadRequest, Cancelled, Frozen, Transient
from generation.neural import lazy
from generation.neural.shelving import (
    PARTIAL,
    Tell,
    components_of,
    hash_file,
    need_room,
    refused,
    settle,
    superfluous,
    weights_hash,
    write_atomically,
)
from generation.neural.store import File, Manifest, folder_name

INDEX = "model_index.json"
NOTES = ".firstcut.partial.json"  # in a half fetched folder: which of its files were checked already
COMMIT_LENGTH = 40
CHUNK = 256 * 1024  # bytes the client hands over at once: what a kill can lose. Its own are 10 MiB, ten seconds of a slow line


class Source(Frozen):
    """Where models come from. The token is for models whose licence must be accepted first; it is sent to `address` only."""

    address: str
    token: str = ""

    def __repr__(self) -> str:
        return f"Source({self.address})"

    __str__ = __repr__


@dataclass(frozen=True)
class Entry:
    """A file as the hub lists it: large ones by their sha256, small ones by git's blob id."""

    path: str
    size: int
    sha256: str
    blob: str


@dataclass(frozen=True)
class Facts:
    """A model at one commit. `left_out` is {path: why}."""

    name: str
    commit: str
    licence: str
    licence_url: str
    gated: bool
    files: tuple[Entry, ...]
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(entry.size for entry in self.files)


def describe(name: str, revision: str, source: Source) -> Facts:
    """What the hub says of a model. Raises `BadRequest` for one that is not there or not for us, `Transient` where asking again may help."""
    client = _client(source)
    with _words(name, revision, source):
        info = client.model_info(name, revision=revision or None)
        commit = str(info.sha or "")
        tree = list(client.list_repo_tree(name, recursive=True, revision=commit or revision or None))
    if len(commit) != COMMIT_LENGTH or not all(letter in "0123456789abcdef" for letter in commit):
        raise BadRequest(f"{source.address} does not say which commit of {name} it has, so its files cannot be pinned. Is it a model hub?")
    listed = [entry for entry in tree if hasattr(entry, "blob_id")]
    left_out: dict[str, str] = {}
    files = []
    for entry in listed:
        if why := refused(entry.path):
            left_out[entry.path] = why
        else:
            files.append(Entry(entry.path, int(entry.size), str(entry.lfs.sha256) if entry.lfs else "", str(entry.blob_id)))
    licence, url = _licence(info, source)
    return Facts(name, commit, licence, url, bool(info.gated), tuple(files), left_out)


def fetch(facts: Facts, root: Path, source: Source, tell: Tell, stop: Callable[[], bool]) -> tuple[Manifest, dict[str, str]]:
    """The model's files in their place under `root`, every byte checked against what the hub lists. Returns the manifest and what was left out.

    What was fetched before a kill, a cut or a stop is not fetched again. Nothing is seen in the model's place until all of it is right.
    Raises `BadRequest` (a full disk, wrong bytes), `Transient` (the network), `Cancelled` when told to stop."""
    partial = root / PARTIAL / folder_name(facts.name) / facts.commit
    partial.mkdir(parents=True, exist_ok=True)
    partial.joinpath(NOTES).touch()
    download = _Download(facts, partial, source, tell, stop)
    left_out = dict(facts.left_out)
    entries = {entry.path: entry for entry in facts.files}
    if INDEX in entries:
        download.need(entries[INDEX])
        download.get(entries[INDEX])
        away = superfluous(entries, components_of(partial / INDEX))
    else:
        away = superfluous(entries, None)
    left_out |= away
    wanted = [entry for path, entry in entries.items() if path not in away]
    if not any(entry.path.endswith(".safetensors") for entry in wanted):
        pickles = sum("pickle" in why for why in left_out.values())
        hint = f" It has {pickles} pickled files, which are not taken, because loading one runs whatever code is in it." if pickles else ""
        raise BadRequest(f"{facts.name} has no weights as safetensors.{hint} Look for a converted copy on the hub.")
    download.total = sum(entry.size for entry in wanted)
    need_room(root, download.total - sum(download.have(entry) for entry in wanted), facts.name)
    download.done = 0
    for entry in sorted(wanted, key=lambda entry: entry.size):  # small ones first: a wrong model is found out before its weights are here
        download.get(entry)
    for stray in [path for path in partial.rglob("*") if path.is_file() and path.relative_to(partial).as_posix() not in download.checked]:
        stray.unlink()
    manifest = Manifest(
        name=facts.name, source="hub", revision=facts.commit, licence=facts.licence, files=download.checked, sha256=weights_hash(download.checked)
    )
    try:
        settle(partial, root, manifest)
    except OSError as error:
        raise Transient(f"{facts.name} could not be moved into {root}: {error.strerror or error}. What was fetched is kept.") from error
    return manifest, left_out


class _Download:
    """The files of one model on their way; `checked` are those whose bytes were found right."""

    def __init__(self, facts: Facts, partial: Path, source: Source, tell: Tell, stop: Callable[[], bool]) -> None:
        self.facts, self.partial, self.source = facts, partial, source
        self._tell, self._stop = tell, stop
        self.done, self.total = 0, facts.size
        self.checked: dict[str, File] = self._noted()

    def _noted(self) -> dict[str, File]:
        try:
            noted = {path: File.model_validate(file) for path, file in json.loads((self.partial / NOTES).read_text()).items()}
        except (OSError, ValueError, AttributeError):
            return {}
        return {path: file for path, file in noted.items() if self._size(self.partial / path) == file.size}

    @staticmethod
    def _size(path: Path) -> int:
        try:
            return path.stat().st_size
        except OSError:
            return 0

    def _half(self, entry: Entry) -> Path:
        return self.partial / f"{entry.path}.part"

    def have(self, entry: Entry) -> int:
        """Bytes of it that are here already."""
        return entry.size if entry.path in self.checked else min(entry.size, self._size(self._half(entry)))

    def need(self, entry: Entry) -> None:
        need_room(self.partial, entry.size - self.have(entry), self.facts.name)

    def moved(self, count: int, stage: str, path: str) -> None:
        self.done += count
        self._tell(stage, self.done, self.total, path)
        if self._stop():
            raise Cancelled("Stopped; what was fetched is kept.")

    def get(self, entry: Entry) -> None:
        """One file: what is missing of it fetched, all of it checked, then under its own name."""
        if entry.path in self.checked:
            self.moved(entry.size, "downloading", entry.path)
            return
        half, place = self._half(entry), self.partial / entry.path
        half.parent.mkdir(parents=True, exist_ok=True)
        if self._size(half) > entry.size:
            half.unlink()
        try:
            self._fetch(entry, half)
            sha256, blob = hash_file(half, lambda read: self.moved(0, "checking", entry.path), git=not entry.sha256)
        except OSError as error:
            if error.errno == 28:
                need_room(self.partial, max(entry.size, 1), self.facts.name)
            raise Transient(f"{entry.path} could not be fetched: {str(error).splitlines()[0][:300]}. What is here is kept.") from error
        if self._size(half) != entry.size or (entry.sha256 or entry.blob) != (sha256 if entry.sha256 else blob):
            half.unlink(missing_ok=True)
            raise BadRequest(
                f"{entry.path} of {self.facts.name} came with other bytes than {self.source.address} lists for it, so it was thrown away and the "
                "model was not put on the shelf. Try again; if it stays so, do not trust this hub or a proxy before it."
            )
        half.rename(place)
        self.checked[entry.path] = File(size=entry.size, sha256=sha256)
        write_atomically(self.partial / NOTES, json.dumps({path: file.model_dump() for path, file in self.checked.items()}))

    def _fetch(self, entry: Entry, half: Path) -> None:
        """Append what is missing. The client retries a cut connection from where it broke, and waits when the hub says it is busy."""
        client = lazy.module("huggingface_hub.file_download")
        here = self._size(half)
        self.moved(here, "downloading", entry.path)
        if here == entry.size and half.exists():
            return
        url = client.hf_hub_url(self.facts.name, entry.path, revision=self.facts.commit, endpoint=self.source.address)
        headers = lazy.module("huggingface_hub.utils").build_hf_headers(token=self.source.token or False, library_name="firstcut")
        headers["Accept-Encoding"] = "identity"
        with _words(self.facts.name, self.facts.commit, self.source), half.open("r+b" if half.exists() else "w+b", buffering=0) as file:
            file.seek(0, os.SEEK_END)
            # Without `expected_size` the client would not know a short body from a whole one; with it, it refuses files of over 50 GB.
            size = entry.size if entry.size < client.constants.MAX_HTTP_DOWNLOAD_SIZE else None
            client.http_get(url, _Told(file, self, entry), resume_size=here, headers=headers, expected_size=size)


class _Told:
    """The half file, as the client writes to it: tells of each block, and takes back what the client throws away."""

    def __init__(self, file: Any, download: _Download, entry: Entry) -> None:
        self._file, self._download, self._entry = file, download, entry

    def write(self, block: bytes) -> int:
        self._file.write(block)
        self._download.moved(len(block), "downloading", self._entry.path)
        return len(block)

    def seek(self, offset: int, whence: int = 0) -> int:
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def truncate(self) -> int:
        before = os.fstat(self._file.fileno()).st_size
        after = int(self._file.truncate())
        self._download.moved(after - before, "downloading", self._entry.path)
        return after


def _client(source: Source) -> Any:
    lazy.module("huggingface_hub.utils").disable_progress_bars()
    lazy.module("huggingface_hub.constants").DOWNLOAD_CHUNK_SIZE = CHUNK
    return lazy.module("huggingface_hub").HfApi(endpoint=source.address, token=source.token or False, library_name="firstcut")


def _licence(info: Any, source: Source) -> tuple[str, str]:
    """(name, address) of the licence as the model's card says it; the model's own page where it names no address."""
    card = info.card_data.to_dict() if getattr(info, "card_data", None) is not None else {}
    said = card.get("license_name") or card.get("license") or ""
    said = ", ".join(map(str, said)) if isinstance(said, list) else str(said)
    link = str(card.get("license_link") or "")
    page = f"{source.address}/{info.id}"
    if link and not link.startswith(("https://", "http://")):
        link = f"{page}/blob/main/{link.lstrip('./')}" if "/" not in link.strip("./") else page
    return said[:200], (link or page)[:500]


@contextmanager
def _words(name: str, revision: str, source: Source) -> Iterator[None]:
    """The client's errors as ours, in words that say what to do; never with the token in them."""
    errors = lazy.module("huggingface_hub.errors")
    httpx = lazy.module("httpx2")
    try:
        yield
    except errors.GatedRepoError as error:
        raise BadRequest(
            f"{name} is gated: its makers want their licence accepted first. Accept it on {source.address}/{name}, then set FIRSTCUT_HUB_TOKEN for "
            "the workers to a token of that account, and try again."
        ) from error
    except errors.RevisionNotFoundError as error:
        raise BadRequest(f"{name} has no revision “{revision}” on {source.address}. Leave the revision empty for the newest.") from error
    except errors.RepositoryNotFoundError as error:
        raise BadRequest(
            f"There is no model “{name}” on {source.address}, or it is private. Look at how its page spells it; for a private one set "
            "FIRSTCUT_HUB_TOKEN."
        ) from error
    except errors.OfflineModeIsEnabled as error:
        raise BadRequest("The hub cannot be asked from here: HF_HUB_OFFLINE is set for this process.") from error
    except errors.HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else 0
        if status in (401, 403):
            said = f"{source.address} does not let us have {name} (it answers {status})."
            raise BadRequest(f"{said} Set FIRSTCUT_HUB_TOKEN to a token that may.") from error
        if status in (408, 429) or status >= 500:
            why = "is busy and asks us to wait" if status == 429 else f"answers {status}"
            raise Transient(f"{source.address} {why}. It is asked again by itself; what was fetched is kept.") from error
        raise BadRequest(f"{source.address} answers {status} for {name}. Is it a model hub?") from error
    except httpx.HTTPError as error:
        said = f"{source.address} cannot be reached, or broke off ({type(error).__name__})."
        raise Transient(f"{said} It is tried again by itself; what was fetched is kept.") from error
    except errors.HFValidationError as error:
        raise BadRequest(f"“{name}” is no hub id. It has the form owner/name.") from error
