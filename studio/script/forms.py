"""A screenplay that was pasted or dropped, read with bounds and answered in words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from studio.script.drafting import Writer, writers
from studio.script.fountain import ScriptProblem, check_screenplay, parse, read_screenplay
from studio.script.fountain.reading import LARGEST_TEXT


class ScriptForm(forms.Form):
    """`text` or `file`; `base` is the revision the text was written on."""

    text = forms.CharField(required=False, strip=False, widget=forms.Textarea)
    file = forms.FileField(required=False, allow_empty_file=True)
    base = forms.IntegerField(min_value=0)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        try:
            values["text"] = self._read(values)
        except ScriptProblem as problem:
            self.add_error(None, forms.ValidationError(problem.message, code=problem.code))
        return values

    def _read(self, values: dict[str, Any]) -> str:
        file = values.get("file")
        if file is not None:
            return read_screenplay(file.read(10 * 1024 * 1024 + 1), file.name).replace("\x00", "")
        text: str = values.get("text") or ""
        if not text.strip():
            raise ScriptProblem("empty", gettext("The script is empty. Paste or drop a screenplay that has at least one scene."))
        if len(text.encode("utf-8", "surrogatepass")) > LARGEST_TEXT:
            raise ScriptProblem("too-large", gettext("This text is longer than 2 MB (about 1,500 pages). Split it into several films."), text)
        text = text.replace("\r\n", "\n").replace("\x00", "")
        check_screenplay(parse(text), gettext("This text"), text)
        return text


class DraftForm(forms.Form):
    """What a model is to write, and which."""

    brief = forms.CharField(
        max_length=20_000, widget=forms.Textarea(attrs={"rows": 6}), label=gettext_lazy("Brief"),
        help_text=gettext_lazy("Who wants what, where, and what stands in the way; the tone; how it ends."),
        error_messages={"required": gettext_lazy("Say what the film is about.")},
    )  # fmt: skip
    scenes = forms.IntegerField(min_value=1, max_value=12, initial=4, label=gettext_lazy("Scenes, about"))
    writer = forms.ChoiceField(label=gettext_lazy("Written by"), widget=forms.Select(attrs={"translate": "no"}))
    model = forms.CharField(
        max_length=300, required=False, label=gettext_lazy("Model"),
        help_text=gettext_lazy("For a model of our own: its name on the shelf, owner/name."),
    )  # fmt: skip
    seed = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = writers()
        self.fields["writer"].choices = [(value, words) for value, words, _ in self.known]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        chosen: Writer | None = next((writer for value, _, writer in self.known if value == values.get("writer")), None)
        if chosen is not None and chosen.needs_model:
            if not values.get("model"):
                self.add_error("model", gettext("Name a model that is on the shelf, or choose another writer."))
            chosen = chosen.with_model(values.get("model", ""))
        values["writer"] = chosen
        return values
