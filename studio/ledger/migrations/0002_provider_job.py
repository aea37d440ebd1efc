from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_money")]

    operations = [migrations.AddField(model_name="entry", name="provider_job", field=models.CharField(blank=True, default="", max_length=200))]
