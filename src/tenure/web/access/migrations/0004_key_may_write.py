"""Keys that may write."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0003_audit")]

    operations = [migrations.AddField("apikey", "may_write", models.BooleanField(default=False))]
