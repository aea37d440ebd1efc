"""Modules of the torch extra, at the moment they are needed: importing diffusers takes six seconds, and the web process must not have it."""

from __future__ import annotations

import importlib
from typing import Any

from generation.contract import BadRequest


def module(name: str) -> Any:
    """Raises `BadRequest` with the command that installs the extra where it is missing."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise BadRequest(
            f"This worker has no “{error.name}”, which neural engines need. On its machine: .venv/bin/pip install -r requirements-torch.txt"
        ) from error


def torch() -> Any:
    return module("torch")


def diffusers() -> Any:
    """diffusers with its progress bars off: a worker's log is no terminal."""
    found = module("diffusers")
    found.utils.logging.disable_progress_bar()
    module("transformers.utils.logging").disable_progress_bar()
    return found


def transformers() -> Any:
    found = module("transformers")
    found.utils.logging.disable_progress_bar()
    return found
