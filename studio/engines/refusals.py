"""Why `generation` does not do something, in its own sentences: a table, so that they can be translated where they are shown
(`studio.jobs.words.said`). tests/engines/test_refusals.py holds it against the modules named here; what single engines say beyond this stays
English.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop

from studio.jobs.words import also

MODULES = ("catalog.py", "outside.py", "neural/store.py", "neural/shelving.py", "neural/hub.py")
REQUESTS = (
    gettext_noop("There is no engine “%(name)s”. Known are: %(known)s."),
    gettext_noop("%(engine)s cannot run here: the Python module “%(module)s” is not installed."),
    gettext_noop("%(engine)s cannot make a %(task)s. It can make: %(tasks)s."),
    gettext_noop("%(engine)s, %(task)s: “%(field)s” is wrong: %(why)s."),
    gettext_noop("A %(task)s needs a format: its length, and for pictures its size."),
    gettext_noop("A still is one frame, not %(frames)s."),
    gettext_noop("%(engine)s has no use for a file as “%(role)s” in a %(task)s. It takes: %(known)s."),
    gettext_noop("%(engine)s needs %(least)s %(file)s for a %(task)s; %(count)s given."),
    gettext_noop("%(engine)s takes at most %(most)s of “%(file)s”; %(count)s were given."),
    gettext_noop("%(engine)s goes up to %(most_width)s×%(most_height)s; asked for was %(width)s×%(height)s. Choose a smaller size."),
    gettext_noop("%(engine)s goes up to %(most)s frames a shot; asked for were %(frames)s. Split the shot."),
    gettext_noop("%(engine)s needs a width and height divisible by %(step)s; %(width)s×%(height)s is not."),
)
MACHINES = (
    gettext_noop("%(engine)s works on our own machines and needs no address."),
    gettext_noop("“%(field)s” is wrong: %(why)s."),
    gettext_noop("The address must be one http:// or https:// address without spaces or backslashes."),
    gettext_noop("An address begins with http:// or https://; “%(url)s” does not."),
    gettext_noop("The address must be a plain host name, without a user or password in it; a key has a field of its own."),
    gettext_noop("The address must have no “?” or “#” in it; a key has a field of its own."),
    gettext_noop("Port 0 is no port."),
    gettext_noop("A machine outside our own network is called by https:// only, because the key would travel readable to everybody."),
    gettext_noop("“%(host)s” is a number, and not an address as it is usually written (four decimal numbers, or IPv6 in brackets)."),
    gettext_noop("“%(url)s” cannot be read as an address: %(error)s."),
    gettext_noop("The address leads elsewhere (%(where)s). Nothing follows it; give the right address itself."),
    gettext_noop("The answer has more than %(most)s bytes, which is more than is read."),
    gettext_noop("The answer has a line without an end."),
    gettext_noop("The answer was cut off half way."),
    gettext_noop("The answer is no HTTP (%(error)s)."),
    gettext_noop("The connection broke: %(error)s."),
)
MODELS = (
    gettext_noop("No model was chosen. Choose one that is on the shelf (Models), or add one there."),
    gettext_noop("The model “%(name)s” lies outside %(root)s, where this machine keeps its models. Put it there, or choose one that is."),
    gettext_noop("There is no model in %(folder)s. Get it with: ./firstcut model add %(name)s, or choose a model that is on the shelf."),
    gettext_noop("The model names a file %(path)s, which would lie outside its folder. Nothing was taken; do not use this model."),
    gettext_noop("Its model_index.json cannot be read, so nobody knows what it is. Choose another model or revision."),
    gettext_noop(
        "%(name)s needs %(wanted)s more, and the disk with %(root)s has %(free)s free. Nothing more was fetched; what was already there "
        "is kept. Make room or set FIRSTCUT_MODELS to a larger disk, then try again."
    ),
    gettext_noop(
        "%(folder)s is no model's folder on this machine: there is no model_index.json, config.json or .safetensors file in it. "
        "Give a whole folder as save_pretrained writes it."
    ),
    gettext_noop("In %(folder)s, %(path)s is a link that leads out of the folder. Put the file itself there."),
    gettext_noop("%(name)s could not be put into %(root)s: %(error)s."),
    gettext_noop("%(hub)s does not say which commit of %(name)s it has, so its files cannot be pinned. Is it a model hub?"),
    gettext_noop("%(name)s has no weights as safetensors.%(hint)s Look for a converted copy on the hub."),
    gettext_noop("%(name)s could not be moved into %(root)s: %(error)s. What was fetched is kept."),
    gettext_noop("%(file)s could not be fetched: %(error)s. What is here is kept."),
    gettext_noop(
        "%(file)s of %(name)s came with other bytes than %(hub)s lists for it, so it was thrown away and the "
        "model was not put on the shelf. Try again; if it stays so, do not trust this hub or a proxy before it."
    ),
    gettext_noop(
        "%(name)s is gated: its makers want their licence accepted first. Accept it on %(hub)s/%(page)s, then set FIRSTCUT_HUB_TOKEN for "
        "the workers to a token of that account, and try again."
    ),
    gettext_noop("%(name)s has no revision “%(revision)s” on %(hub)s. Leave the revision empty for the newest."),
    gettext_noop(
        "There is no model “%(name)s” on %(hub)s, or it is private. Look at how its page spells it; for a private one set FIRSTCUT_HUB_TOKEN."
    ),
    gettext_noop("The hub cannot be asked from here: HF_HUB_OFFLINE is set for this process."),
    gettext_noop("%(hub)s answers %(status)s for %(name)s. Is it a model hub?"),
    gettext_noop("“%(name)s” is no hub id. It has the form owner/name."),
)
also(*REQUESTS, *MACHINES, *MODELS)
