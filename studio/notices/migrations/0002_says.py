from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_told")]

    operations = [
        migrations.AddField("notice", "says", models.CharField(blank=True, default="", max_length=300)),
        migrations.AddField("notice", "facts", models.JSONField(default=dict)),
    ]
