from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0003_money")]

    operations = [
        migrations.AddField("job", "together", models.PositiveSmallIntegerField(default=1)),
    ]
