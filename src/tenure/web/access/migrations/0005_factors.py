"""Single sign-on, second factors, and keys with rights."""

from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def _person(**more: Any) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL, **more)


def _id() -> models.BigAutoField:  # type: ignore[type-arg]
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _give_rights(apps: Any, _editor: Any) -> None:
    keys = apps.get_model("access", "ApiKey").objects
    keys.filter(may_write=False).update(scope="read_figures read_accounts")
    keys.filter(may_write=True).update(scope="read_figures read_accounts write_rows")


def _take_rights(apps: Any, _editor: Any) -> None:
    apps.get_model("access", "ApiKey").objects.filter(scope__contains="write_rows").update(may_write=True)


class Migration(migrations.Migration):
    dependencies = [("access", "0004_key_may_write")]

    operations = [
        migrations.CreateModel(
            name="Identity",
            fields=[
                ("id", _id()),
                ("issuer", models.CharField(max_length=500)),
                ("subject", models.CharField(max_length=255)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("user", _person(related_name="identities")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["issuer", "subject"], name="one_person_per_subject"),
                    models.UniqueConstraint(fields=["user", "issuer"], name="one_subject_per_person"),
                ]
            },
        ),
        migrations.CreateModel(
            name="App",
            fields=[
                ("id", _id()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_step", models.BigIntegerField(default=0)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="app", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", _id()),
                ("code_hash", models.CharField(max_length=64)),
                ("user", _person(related_name="recovery_codes")),
            ],
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                ("id", _id()),
                ("name", models.CharField(max_length=100)),
                ("host", models.CharField(max_length=253)),
                ("credential", models.TextField(unique=True)),
                ("public_key", models.BinaryField()),
                ("sign_count", models.BigIntegerField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("used_at", models.DateTimeField(null=True)),
                ("user", _person(related_name="passkeys")),
            ],
        ),
        migrations.AddField("apikey", "scope", models.CharField(default="", max_length=200), preserve_default=False),
        migrations.RunPython(_give_rights, _take_rights),
        migrations.RemoveField("apikey", "may_write"),
    ]
