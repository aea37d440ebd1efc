"""What workers say of models. Rows keep the English, which means the same to everybody; `studio.jobs.words.said` is that in the
reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from studio.jobs import words

UNLOADED = gettext_noop("Unloaded.")
DROPPED_LATER = gettext_noop("It is dropped as soon as the job that runs here has ended.")
WARM_FOR = gettext_noop("Warm for %(engine)s, %(seconds)s s.")
NEEDS_FILES = gettext_noop("%(engine)s makes nothing without files to begin with, so it is loaded by its first job.")
NO_ENGINE = gettext_noop("No engine here works with %(model)s, so there is nothing to warm.")
FETCHED_BY_ANOTHER = gettext_noop("Another machine that shares %(folder)s fetches into it just now.")
UNWRITABLE = gettext_noop("%(folder)s cannot be written as it should: %(why)s.")
NOT_FROM_THERE = gettext_noop(
    "This machine takes no models from %(folder)s. Set FIRSTCUT_MODEL_FOLDERS for its workers to the folders it may take them from, or put it "
    "into %(root)s."
)
HUB_OFF = gettext_noop("The hub is switched off here (FIRSTCUT_HUB=off), so nothing is fetched.")
DIED = gettext_noop("The process that fetches it died %(count)s times (%(how)s). Look at the worker's log, then try again.")

words.also(WARM_FOR, NEEDS_FILES, NO_ENGINE, FETCHED_BY_ANOTHER, UNWRITABLE, NOT_FROM_THERE, DIED)
# Why a file was left out (generation.neural.shelving).
LEFT_OUT = (
    gettext_noop("not needed"),
    gettext_noop("code"),
    gettext_noop("a pickle, which could run code"),
    gettext_noop("no part of the pipeline"),
    gettext_noop("the same weights again, as one file"),
    gettext_noop("a variant; the whole weights are taken"),
)
