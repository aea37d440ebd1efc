from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0004_lighter")]

    operations = [
        migrations.AddField("job", "together", models.PositiveSmallIntegerField(default=1)),
    ]
