"""`./firstcut COMMAND`: each command is a module of `studio.web.commands` with `main(arguments) -> int`; its docstring is its help."""

import ast
import sys
from importlib import import_module
from pathlib import Path

COMMANDS = Path(__file__).with_name("commands")
# As a person meets them; a command not named here comes after these.
ORDER = ("up", "link", "film", "model", "test", "bench", "chaos", "verify", "backup", "restore", "worker", "worker-role")


def commands() -> dict[str, str]:
    """Every command there is, with the first line of its docstring; read without importing them."""
    found = (path.stem.replace("_", "-") for path in COMMANDS.glob("[a-z]*.py"))
    names = sorted(found, key=lambda n: (ORDER.index(n) if n in ORDER else len(ORDER), n))
    return {name: (ast.get_docstring(ast.parse((COMMANDS / f"{_module(name)}.py").read_text())) or "").split("\n")[0] for name in names}


def _module(name: str) -> str:
    return name.replace("-", "_")


def help_text() -> str:
    lines = [f"  ./firstcut {name:<12}{words}" for name, words in commands().items()]
    return "\n".join(["Firstcut: from a screenplay to a film, made by a team.", "", *lines, "", "./firstcut COMMAND --help tells more of each."])


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] in {"help", "-h", "--help"}:
        print(help_text())
        return 0 if arguments else 2
    name, rest = arguments[0], arguments[1:]
    if name not in commands():
        print(f"There is no command {name!r}.\n\n{help_text()}", file=sys.stderr)
        return 2
    return int(import_module(f"studio.web.commands.{_module(name)}").main(rest))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
