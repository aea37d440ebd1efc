"""Putting a model's folder on the shelf: which of its files are taken, the hash of its weights, its manifest, its place."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from generation.contract import BadRequest, Cancelled, Transient
from generation.neural.store import MANIFEST, MARKS, File, Manifest, folder_name

Tell = Callable[[str, int, int, str], None]  # stage ("downloading", "checking"), bytes done, bytes in all, the file it is at

# Weights as safetensors and the plain text around them. A pickle runs code when it is loaded, and a .py is code.
TAKEN = (".safetensors", ".json", ".txt", ".model", ".tiktoken", ".jinja", ".spm")
KEPT_BY_NAME = ("LICENSE", "LICENCE", "NOTICE", "USE_POLICY")  # licences want to be kept beside what they allow
CONFIGURATIONS = ("config.json", "scheduler_config.json", "tokenizer_config.json", "preprocessor_config.json")
PICKLES = (".bin", ".ckpt", ".pt", ".pth", ".pkl", ".pickle", ".msgpack", ".h5")
PARTIAL = ".partial"
RESERVE = 512 * 2**20  # bytes of the disk that downloads leave free
BLOCK = 8 * 2**20


def refused(path: str) -> str:
    """Why a file is not taken, in a word or two; empty if it is. Raises `BadRequest` for a path that leads out of the model's folder."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or "\\" in path or "\0" in path or any(part in ("..", ".") for part in parts):
        raise BadRequest(f"The model names a file {path[:200]!r}, which would lie outside its folder. Nothing was taken; do not use this model.")
    if any(part.startswith(".") for part in parts) or parts[-1] in (MANIFEST, "README.md"):
        return "not needed"
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in TAKEN or (parts[-1].upper().startswith(KEPT_BY_NAME) and suffix in ("", ".txt", ".md", ".pdf")):
        return ""
    if suffix in PICKLES:
        return "a pickle, which could run code"
    return "code" if suffix == ".py" else "not needed"


def superfluous(paths: Iterable[str], components: Iterable[str] | None) -> dict[str, str]:
    """Files that nothing loads: {path: why}. `components` are the folders its model_index.json names; None where it has none. A folder with a
    configuration of its own is a part too, which engines may use beside the pipeline (LTX-2's latent upsampler)."""
    found = sorted(paths)
    known = set(found)
    parts_by_themselves = {PurePosixPath(path).parent.as_posix() for path in found if PurePosixPath(path).name in CONFIGURATIONS}
    away: dict[str, str] = {}
    for path in found:
        parts = PurePosixPath(path).parts
        weights = path.endswith((".safetensors", ".safetensors.index.json"))
        if components is not None and len(parts) > 1 and parts[0] not in components and parts[0] not in parts_by_themselves:
            away[path] = "no part of the pipeline"
        elif components is not None and len(parts) == 1 and path.endswith(".safetensors"):
            away[path] = "the same weights again, as one file"
        elif weights and _plain_name(path) != path and (_plain_name(path) in known or _sharded(_plain_name(path)) in known):
            away[path] = "a variant; the whole weights are taken"
    return away


def _plain_name(path: str) -> str:
    """The path without its variant: unet/model.fp16.safetensors → unet/model.safetensors."""
    for variant in (".fp16", ".bf16", ".fp8", ".non_ema", ".ema"):
        path = path.replace(f"{variant}.safetensors", ".safetensors").replace(f"{variant}-0", "-0")
    return path


def _sharded(path: str) -> str:
    return path.removesuffix(".safetensors") + ".safetensors.index.json"


def components_of(model_index: Path) -> list[str]:
    """The folders of a pipeline's parts. Raises `BadRequest` for a file that is no model_index.json."""
    try:
        return [name for name, value in json.loads(model_index.read_text()).items() if isinstance(value, list) and value and value[0]]
    except (OSError, ValueError, AttributeError) as error:
        raise BadRequest("Its model_index.json cannot be read, so nobody knows what it is. Choose another model or revision.") from error


def weights_hash(files: dict[str, File]) -> str:
    """SHA-256 of the canonical JSON list of [path, sha256] of the weights; of all files where there are no safetensors."""
    weights = sorted((path, file.sha256) for path, file in files.items() if path.endswith(".safetensors"))
    listed = weights or sorted((path, file.sha256) for path, file in files.items())
    return hashlib.sha256(json.dumps(listed, separators=(",", ":")).encode()).hexdigest() if listed else ""


def hash_file(path: Path, tell: Callable[[int], None] = lambda read: None, *, git: bool = False) -> tuple[str, str]:
    """(sha256, git's blob id or ""). `tell` hears of the bytes read and may raise to stop."""
    sha256, blob = hashlib.sha256(), hashlib.sha1(usedforsecurity=False)
    blob.update(f"blob {path.stat().st_size}\0".encode())
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            sha256.update(block)
            if git:
                blob.update(block)
            tell(len(block))
    return sha256.hexdigest(), blob.hexdigest() if git else ""


def need_room(root: Path, wanted: int, what: str) -> None:
    """Raises `BadRequest` if the disk cannot take so many bytes and keep a reserve."""
    free = shutil.disk_usage(root).free
    if wanted + RESERVE > free:
        raise BadRequest(
            f"{what} needs {said(wanted)} more, and the disk with {root} has {said(free)} free. Nothing more was fetched; what was already there "
            "is kept. Make room or set FIRSTCUT_MODELS to a larger disk, then try again."
        )


def said(size: float) -> str:
    for unit in ("bytes", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"


def settle(partial: Path, root: Path, manifest: Manifest) -> Path:
    """Write the manifest and move the finished folder into its place at once; what stood there before goes."""
    write_atomically(partial / MANIFEST, manifest.model_dump_json(indent=1))
    place = root / folder_name(manifest.name)
    old = root / f".old-{uuid.uuid4().hex}"
    if place.exists():
        place.rename(old)
    partial.rename(place)
    shutil.rmtree(old, ignore_errors=True)
    return place


def write_atomically(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with fresh.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def remove(name: str, root: Path) -> int:
    """Take a model's folder and what was half fetched of it away; returns the bytes of its files."""
    freed = 0
    for place in (root / folder_name(name), root / PARTIAL / folder_name(name)):
        if place.is_symlink():
            place.unlink()
        elif place.is_dir():
            freed += sum(path.lstat().st_size for path in place.rglob("*") if path.is_file())
            old = root / f".old-{uuid.uuid4().hex}"  # gone for jobs at once, however long the disk takes
            place.rename(old)
            shutil.rmtree(old, ignore_errors=True)
    return freed


def looks_like_a_model(folder: Path) -> bool:
    return any((folder / mark).is_file() for mark in MARKS) or any(folder.glob("*.safetensors"))


def by_hand(root: Path) -> list[str]:
    """Names of the folders in the root that are models."""
    if not root.is_dir():
        return []
    return sorted(
        path.name.replace("--", "/", 1) for path in root.iterdir() if not path.name.startswith(".") and path.is_dir() and looks_like_a_model(path)
    )


def adopt(name: str, source: Path, root: Path, tell: Tell, stop: Callable[[], bool]) -> tuple[Manifest, dict[str, str]]:
    """A folder of this machine as a model of the shelf: checked, hashed, and linked (copied where the disk is another) into its place unless
    it is there already. Returns its manifest and {file: why} of what was left out. The folder itself is only read; one that lies in its
    place gets its manifest.

    Raises `BadRequest` for a folder that is no model, `Cancelled` when told to stop."""
    if not source.is_dir() or not looks_like_a_model(source):
        raise BadRequest(
            f"{source} is no model's folder on this machine: there is no model_index.json, config.json or .safetensors file in it. "
            "Give a whole folder as save_pretrained writes it."
        )
    inside = source.resolve()
    found = {path.relative_to(source).as_posix(): path for path in sorted(source.rglob("*")) if path.is_file()}
    escaping = next((name for name, path in found.items() if not path.resolve().is_relative_to(inside)), None)
    if escaping:
        raise BadRequest(f"In {source}, {escaping} is a link that leads out of the folder. Put the file itself there.")
    left_out = {path: why for path in found if (why := refused(path)) and path != MANIFEST}
    taken = {path: file for path, file in found.items() if path not in left_out and path != MANIFEST}
    total = sum(file.stat().st_size for file in taken.values())
    done, files = 0, dict[str, File]()

    for path, file in taken.items():

        def read(count: int, at: str = path) -> None:
            nonlocal done
            done += count
            tell("checking", done, total, at)
            if stop():
                raise Cancelled("Stopped.")

        files[path] = File(size=file.stat().st_size, sha256=hash_file(file, read)[0])
    manifest = Manifest(name=name, source="folder", files=files, sha256=weights_hash(files))
    place = root / folder_name(name)
    if place.exists() and place.resolve() == inside:
        write_atomically(place / MANIFEST, manifest.model_dump_json(indent=1))
        return manifest, left_out
    partial = root / PARTIAL / folder_name(name) / "folder"
    shutil.rmtree(partial, ignore_errors=True)
    try:
        for path, file in taken.items():
            target = partial / path
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(file.resolve(), target)
            except OSError:  # another disk, or one that knows no links
                need_room(root, file.stat().st_size, name)
                shutil.copyfile(file, target)
        settle(partial, root, manifest)
    except OSError as error:
        raise Transient(f"{name} could not be put into {root}: {error.strerror or error}.") from error
    return manifest, left_out


def class_of(folder: Path) -> str:
    """The class its model_index.json names, or the architecture that its config.json does; empty where neither says."""
    for name, key in (("model_index.json", "_class_name"), ("config.json", "architectures")):
        try:
            said = json.loads((folder / name).read_text()).get(key, "")
        except (OSError, ValueError, AttributeError):
            continue
        if said:
            return str(said[0] if isinstance(said, list) else said)
    return ""
