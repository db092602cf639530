"""Keys that may write."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0002_api_key")]

    operations = [migrations.AddField("apikey", "may_write", models.BooleanField(default=False))]
