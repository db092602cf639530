"""Jobs lead nowhere but to their files."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("post", "0002_mail")]

    operations = [migrations.RemoveField("job", "link")]
