"""Other machines that work for us, by name. The room that keeps them says how they are found; a job is given only the one its request names."""

from __future__ import annotations

from collections.abc import Callable

from generation.contract import Endpoint, Request

_find: list[Callable[[str], Endpoint]] = []


def found_by(find: Callable[[str], Endpoint]) -> None:
    """`find` gives a machine by its name, with its key, or raises `BadRequest` with why not."""
    _find[:] = [find]


def endpoints_for(request: Request) -> dict[str, Endpoint]:
    """The machine that the request's params name as `endpoint`; none if they name none."""
    name = request.params.get("endpoint")
    return {name: _find[0](name)} if _find and isinstance(name, str) and name else {}
