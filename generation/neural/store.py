"""Models on this machine: folders of safetensors under `$FIRSTCUT_MODELS`, each with a manifest that says where it came from."""

from __future__ import annotations

import json
import os
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from generation.contract import BadRequest, Frozen

MANIFEST = "firstcut.json"
MARKS = ("model_index.json", "config.json", MANIFEST, "modular_model_index.json")


class File(Frozen):
    size: int
    sha256: str


class Manifest(Frozen):
    """What `firstcut.json` in a model's folder says. `sha256` is of the canonical list of the weight files' hashes."""

    name: str
    source: str = ""  # "hub" or "folder"
    revision: str = ""
    licence: str = ""
    files: dict[str, File] = {}
    sha256: str = ""


def models_root() -> Path | None:
    """Where this machine keeps its models; None where that was not set and any folder may be named."""
    root = os.environ.get("FIRSTCUT_MODELS", "")
    return Path(root).expanduser().resolve() if root else None


def folder_name(name: str) -> str:
    """A model's folder under the root: "owner/name" as "owner--name"."""
    return name.strip("/").replace("/", "--")


# The files that came with the request that is running, by their hash: an adapter that somebody uploaded is named "input:<sha256>".
GIVEN: ContextVar[dict[str, Path]] = ContextVar("given", default={})  # noqa: B039 (never changed in place)
INPUT = "input:"


def find(name: str) -> Path | None:
    """The folder (or, for an adapter, the one .safetensors file) of a model, or None. Where a root is set, nothing outside it is found."""
    if name.startswith(INPUT):
        return GIVEN.get().get(name.removeprefix(INPUT))
    root = models_root()
    places = [root / folder_name(name), root / name] if root else [Path(name).expanduser()]
    for place in places:
        resolved = place.resolve()
        if root and not resolved.is_relative_to(root):
            continue
        if resolved.is_file() and resolved.suffix == ".safetensors":
            return resolved
        if resolved.is_dir() and (any((resolved / mark).is_file() for mark in MARKS) or any(resolved.glob("*.safetensors"))):
            return resolved
    return None


def model_folder(name: str) -> Path:
    """The folder of a model that must be there. Raises `BadRequest` with the place looked at and what to do."""
    if not name:
        raise BadRequest("No model was chosen. Choose one that is on the shelf (Models), or add one there.")
    found = find(name)
    if found is not None:
        return found
    root = models_root()
    if root and (name.startswith(("/", "~")) or ".." in Path(name).parts):
        raise BadRequest(f"The model “{name}” lies outside {root}, where this machine keeps its models. Put it there, or choose one that is.")
    where = f"{root / folder_name(name)}" if root else name
    raise BadRequest(f"There is no model in {where}. Get it with: ./firstcut model add {name}, or choose a model that is on the shelf.")


def manifest(folder: Path) -> Manifest | None:
    """None for a folder that somebody put there by hand, or whose manifest cannot be read."""
    try:
        return Manifest.model_validate(json.loads((folder / MANIFEST).read_text()))
    except (OSError, ValueError):
        return None


def identity(name: str, folder: Path) -> dict[str, Any]:
    """What a recipe keeps of a model: its name, revision and the hash of its weights where they are known."""
    known = manifest(folder) if folder.is_dir() else None
    return {"name": name, "revision": known.revision if known else "", "sha256": known.sha256 if known else ""}


def weight_bytes(folder: Path) -> int:
    """What the weights take on disk, which is about what they take in memory in the precision they were stored in."""
    files = [folder] if folder.is_file() else folder.rglob("*.safetensors")
    return sum(path.stat().st_size for path in files)
