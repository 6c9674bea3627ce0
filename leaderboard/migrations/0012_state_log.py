import django.db.models.deletion
from django.db import migrations, models


def begin_log(apps, schema_editor):
    """Give each published leaderboard the present revision and date as its first state.

    Its hash is not computed here, as the code that does so may be newer than this schema.
    """
    revision = apps.get_model("leaderboard", "ContentRevision").objects.first()
    if revision is None:
        return
    states = apps.get_model("leaderboard", "LeaderboardState").objects
    for leaderboard in apps.get_model("leaderboard", "Leaderboard").objects.filter(
        is_published=True
    ):
        states.create(
            leaderboard=leaderboard, token=revision.token, changed_at=revision.changed_at
        )


class Migration(migrations.Migration):

    dependencies = [
        ('leaderboard', '0011_metrics_of_any_kind'),
    ]

    operations = [
        migrations.CreateModel(
            name='LeaderboardState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(max_length=32)),
                ('changed_at', models.DateTimeField()),
                ('sha256', models.CharField(blank=True, default='', max_length=64)),
                ('leaderboard', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='states', to='leaderboard.leaderboard')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['token'], name='state_by_token')],
                'constraints': [models.UniqueConstraint(fields=('leaderboard', 'token'), name='one_state_of_a_leaderboard_per_revision')],
            },
        ),
        migrations.RunPython(begin_log, migrations.RunPython.noop),
    ]
