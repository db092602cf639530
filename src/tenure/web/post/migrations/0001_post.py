"""Jobs, schedules, notices."""

import datetime as dt

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.SlugField(max_length=60)),
                ("title", models.CharField(max_length=200)),
                ("arguments", models.JSONField(default=dict)),
                ("locale", models.CharField(default="en", max_length=40)),
                ("key", models.CharField(blank=True, max_length=200)),
                ("quiet", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("entry", models.CharField(blank=True, max_length=40)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("done", models.PositiveBigIntegerField(default=0)),
                ("total", models.PositiveBigIntegerField(null=True)),
                ("sentence", models.CharField(blank=True, max_length=300)),
                ("stops", models.BooleanField(default=False)),
                ("error", models.JSONField(null=True)),
                ("file", models.CharField(blank=True, max_length=60)),
                ("file_about", models.JSONField(default=dict)),
                ("file_until", models.DateTimeField(db_index=True, null=True)),
                ("link", models.CharField(blank=True, max_length=500)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="jobs", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["owner", "-made_at"], name="post_job_owner_i_bb8fa9_idx"),
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=["owner"],
                        name="post_job_open",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True), fields=("key",), name="one_job_per_key"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Muted",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.SlugField(max_length=60)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="muted", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "kind"), name="muted_once")],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.SlugField(max_length=60)),
                ("text", models.CharField(max_length=500)),
                ("url", models.CharField(blank=True, max_length=500)),
                ("key", models.CharField(max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("read_at", models.DateTimeField(null=True)),
                ("digested_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notices", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["user", "-at"], name="post_notice_user_id_f25b6d_idx"),
                    models.Index(condition=models.Q(("read_at", None)), fields=["user"], name="post_notice_unread"),
                ],
                "constraints": [models.UniqueConstraint(fields=("user", "key"), name="one_notice_per_key")],
            },
        ),
        migrations.CreateModel(
            name="Schedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.SlugField(max_length=60)),
                ("name", models.CharField(blank=True, max_length=100)),
                ("title", models.CharField(max_length=200)),
                ("arguments", models.JSONField(default=dict)),
                ("locale", models.CharField(default="en", max_length=40)),
                ("quiet", models.BooleanField(default=False)),
                (
                    "every",
                    models.CharField(
                        choices=[
                            ("day", "Every day"),
                            ("workday", "From Monday to Friday"),
                            ("week", "Every week"),
                            ("month", "Every month"),
                        ],
                        max_length=10,
                    ),
                ),
                ("day", models.PositiveSmallIntegerField(default=1)),
                ("at", models.TimeField(default=dt.time(8, 0))),
                ("zone", models.CharField(max_length=60)),
                ("next_at", models.DateTimeField(db_index=True)),
                ("ran_at", models.DateTimeField(null=True)),
                ("is_on", models.BooleanField(default=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="schedules",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        fields=("owner", "kind", "name"),
                        name="one_schedule_per_name",
                    )
                ],
            },
        ),
    ]
