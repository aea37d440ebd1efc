from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0003_money"), ("projects", "0002_on_memory")]

    operations = [migrations.AddField(model_name="job", name="lighter", field=models.JSONField(default=dict))]
