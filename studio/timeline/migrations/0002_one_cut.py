"""Two who asked for a film's cut at once each made one, and the empty one was shown."""

from typing import Any

from django.db import migrations, models


def tell_apart(apps: Any, schema_editor: Any) -> None:
    """Empty twins go; should two have been edited, both stay, under names of their own."""
    cut = apps.get_model("timeline", "Cut")
    twice = cut.objects.values("project").annotate(n=models.Count("pk")).filter(n__gt=1).values_list("project", flat=True)
    for project in list(twice):
        rows = list(cut.objects.filter(project=project).order_by("-revision", "pk"))
        for number, row in enumerate(rows[1:], start=2):
            if row.revision == 0 and not row.clips.exists() and not row.revisions.exists():
                row.delete()
            else:
                cut.objects.filter(pk=row.pk).update(name=f"Cut {number}")


class Migration(migrations.Migration):
    dependencies = [("timeline", "0001_initial")]

    operations = [
        migrations.RunPython(tell_apart, migrations.RunPython.noop),
        migrations.AddConstraint("cut", models.UniqueConstraint(fields=["project", "name"], name="cut_named_once")),
    ]
