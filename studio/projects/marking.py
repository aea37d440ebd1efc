"""Marks words for translators where a module is read before the settings are."""


def gettext_noop(words: str) -> str:
    """As Django's, which loads the settings when it is called: a command that still has to say which data folder it works on would get another's."""
    return words
