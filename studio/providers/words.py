"""What is said of other machines in workers. Rows keep the English, which means the same to everybody; `studio.jobs.words.said` is that
in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from studio.jobs import words

GONE = gettext_noop("There is no machine “%(name)s” any more. An operator adds one under Providers.")
SWITCHED_OFF = gettext_noop("“%(name)s” was switched off by an operator. Choose another, or ask for it to be switched on.")
KEY_UNREADABLE = gettext_noop(
    "The key of “%(name)s” cannot be read here: the installation's secret was changed, or this worker has another SECRET_KEY. "
    "An operator enters the key again, or gives the worker the same secret."
)
NOBODY_TOLD = gettext_noop("No worker could be told to look at it. Is the broker running? Ask again.")
CHECK_BROKE = gettext_noop("The check itself broke (%(error)s); the log of the worker says more.")
ANSWERS = gettext_noop("It answers (%(status)s).")
words.also(GONE, SWITCHED_OFF, KEY_UNREADABLE, CHECK_BROKE, ANSWERS)
WHICHEVER = gettext_noop("whichever saves something")  # of a workflow's nodes (generation.engines.comfyui)
