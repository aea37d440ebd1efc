from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="project",
            name="on_memory",
            field=models.CharField(
                choices=[("stop", "Stop and say so"), ("again", "Try once more, slower")],
                default="stop",
                max_length=8,
            ),
        ),
    ]
