"""The model shelf: add a model by its hub id or folder, list what is there, remove one.

What is added is fetched by the workers, checked and kept; `list` shows how far they are. The same stands on the page Models.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from studio.web import stack
from studio.web.datafolder import AlreadyRunning, DataFolder, database_running
from studio.web.environment import WrongSetting, data_folder
from studio.web.services import CannotStart


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./firstcut model", description=__doc__)
    parser.add_argument("--data", type=Path, default=data_folder(), metavar="DIR")
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add", help="put a model on the shelf, or try one again")
    add.add_argument("model", help="owner/name on the hub; or a folder: a path that begins with / or ., or a name in the models' folder")
    add.add_argument("--revision", default="", help="a branch, a tag or a commit of the hub; else the newest")
    add.add_argument("--folder", action="store_true", help="it is a folder in the models' folder, though it is named owner/name")
    commands.add_parser("list", help="what is on the shelf, and which machine has it")
    remove = commands.add_parser("remove", help="take a model off the shelf and off every machine")
    remove.add_argument("model")
    options = parser.parse_args(arguments)
    data = options.data.expanduser().resolve()
    words = [options.command]
    if options.command == "add":
        words += [*_what(options.model, options.folder), *(["--revision", options.revision] if options.revision else [])]
    elif options.command == "remove":
        words.append(options.model)
    running = DataFolder(data).holder() is not None
    try:
        environment = stack.surroundings(data, url="http://127.0.0.1:8000", bind="127.0.0.1", workers=1)
        with database_running(data, what="model"):
            status = subprocess.run([*stack.MANAGE, "model", *words], env=environment).returncode
    except (AlreadyRunning, CannotStart, WrongSetting) as error:
        print(f"firstcut: {error}", file=sys.stderr)
        return 1
    if status == 0 and not running and options.command != "list":
        print("The studio is not running here: its workers see to it when it is up.", file=sys.stderr)
    return status


def _what(model: str, folder: bool) -> list[str]:
    """A path of this machine is made absolute, because workers stand elsewhere."""
    if model.startswith(("/", ".", "~")):
        return [str(Path(model).expanduser().resolve()), "--folder"]
    return [model, "--folder"] if folder or "/" not in model else [model]
