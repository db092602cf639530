from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("growing", "0001_growing"),
    ]

    operations = [
        migrations.AddField(
            model_name="pulseround",
            name="least",
            field=models.PositiveSmallIntegerField(default=5),
        ),
    ]
