import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("script", "0002_draft"),
        ("review", "0005_approval_language"),
    ]

    operations = [
        migrations.AlterField(
            model_name="note",
            name="script_revision",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="review_notes", to="script.scriptrevision"
            ),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.CheckConstraint(
                condition=~models.Q(subject="line") | models.Q(audience="team", script_revision__isnull=False, script_line__gte=0),
                name="note_script_line",
            ),
        ),
    ]
