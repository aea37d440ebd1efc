"""Fountain, the plain-text screenplay format: text → elements with exact positions → the same text."""

from studio.script.fountain.elements import Element, Kind, Screenplay, Side
from studio.script.fountain.emphasis import RichSpan, plain, rich
from studio.script.fountain.parser import parse
from studio.script.fountain.reading import ScriptProblem, check_screenplay, read_screenplay

__all__ = ["Element", "Kind", "RichSpan", "Screenplay", "ScriptProblem", "Side", "check_screenplay", "parse", "plain", "read_screenplay", "rich"]
