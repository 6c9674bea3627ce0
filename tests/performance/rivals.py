"""The same table as others would make it: stock django-tables2, a plain template loop, no Django,
and the page that this site replaces: one HTML file with every row, sorted by a script.

Also WSGI applications for servers: `tests.performance.rivals:bare`.
"""

import os

BODY = b"x" * 10_000


def bare(environ, start_response):
    """What a server costs that does nothing."""
    start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", "10000")])
    return [BODY]


LOOP = """<!doctype html><title>{{ title }}</title><table><thead><tr><th>#<th>LLM
{% for metric in metrics %}<th><a href="?sort={{ metric.key }}">{{ metric.name }}</a>{% endfor %}
</tr></thead><tbody>{% for row in rows %}<tr><td>{{ row.rank }}</td>
<th><a href="/llms/{{ row.slug }}/">{{ row.name }}</a><small>{{ row.organization }}</small></th>
{% for value in row.values %}<td>{{ value }}</td>{% endfor %}</tr>
{% endfor %}</tbody></table>"""


def table_rows():
    """The published LLMs with their scores by two queries, ranked by the average."""
    from leaderboard.models import LLM, Score

    from .content import seed

    metrics = [column.metric for column in seed().columns.select_related("metric__benchmark")]
    scores = {}
    for llm, metric, value in Score.objects.values_list("llm_id", "metric_id", "value"):
        scores.setdefault(llm, {})[metric] = value
    fields = ("pk", "slug", "name", "organization__name")
    rows = [
        {
            "id": pk,
            "slug": slug,
            "name": name,
            "organization": organization,
            "scores": [scores[pk].get(metric.pk) for metric in metrics],
        }
        for pk, slug, name, organization in LLM.objects.published().values_list(*fields)
        if pk in scores
    ]
    rows.sort(key=lambda row: -(row["scores"][-1] or 0))
    for rank, row in enumerate(rows, start=1):
        row["rank"] = rank
    return metrics, rows


def loop_page(request):
    from django.http import HttpResponse
    from django.template import engines

    metrics, rows = table_rows()
    shown = [row | {"values": [f"{value:.2f}" for value in row["scores"]]} for row in rows[:100]]
    context = {"title": "LeaderBoard", "metrics": metrics, "rows": shown}
    return HttpResponse(engines["django"].from_string(LOOP).render(context, request))


def stock_page(request):
    import django_tables2
    from django.http import HttpResponse

    metrics, rows = table_rows()
    columns = [("rank", django_tables2.Column()), ("name", django_tables2.Column())]
    columns += [
        (f"m{index}", django_tables2.Column(verbose_name=metric.name))
        for index, metric in enumerate(metrics)
    ]
    shown = [
        row | {f"m{index}": f"{value:.2f}" for index, value in enumerate(row["scores"])}
        for row in rows
    ]
    table = django_tables2.Table(shown, extra_columns=columns)
    table.paginate(per_page=100)
    return HttpResponse(table.as_html(request))


SEED_STYLE = """.sortable thead th { text-align: center; padding-right: 30px }
.sortable tbody td { text-align: center; vertical-align: middle }
.sortable { width: 100%; display: table; table-layout: fixed; overflow: hidden }"""
# As that page does: two clicks on the average, so that it is descending.
SEED_SCRIPT = """document.addEventListener("DOMContentLoaded", () => {
  const average = [...document.querySelectorAll("thead th")].at(-1);
  setTimeout(() => { average.click(); average.click(); }, 0);
});"""


def seed_page(script=""):
    """Of the content as it is, in the order in which it was entered; with the address of a script
    that sorts, if wanted."""
    metrics, rows = table_rows()
    names = [f"{metric.benchmark or ''}<br>{metric.name}" for metric in metrics]
    heads = "".join(f"      <th>{name}</th>\n" for name in names[:-1])
    heads += f'      <th aria-sort="descending">{names[-1]}</th>\n'
    body = "\n".join(
        "<tr>\n"
        + "".join(f"      <td>{text}</td>\n" for text in (row["name"], *map(short, row["scores"])))
        + "</tr>"
        for row in sorted(rows, key=lambda row: row["id"])
    )
    scripts = f'<script src="{script}"></script>\n<script>{SEED_SCRIPT}</script>' if script else ""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Leaderboard</title>
{scripts}
<style>{SEED_STYLE}</style></head>
<body><h1>LeaderBoard - AnesBench</h1>
<table class="sortable">
  <thead>
    <tr>
      <th>LLM</th>
{heads}    </tr>
  </thead>
  <tbody>
{body}
  </tbody>
</table>
</body></html>
"""


def short(value):
    return "" if value is None else f"{value.normalize():f}"


# What startproject puts around every view.
MIDDLEWARE = [
    f"django.{name}"
    for name in (
        "middleware.security.SecurityMiddleware",
        "contrib.sessions.middleware.SessionMiddleware",
        "middleware.common.CommonMiddleware",
        "middleware.csrf.CsrfViewMiddleware",
        "contrib.auth.middleware.AuthenticationMiddleware",
        "contrib.messages.middleware.MessageMiddleware",
        "middleware.clickjacking.XFrameOptionsMiddleware",
    )
]


def project(view):
    """The settings of a new project with this one page."""
    from django.urls import path

    return {"MIDDLEWARE": MIDDLEWARE, "ROOT_URLCONF": (path("", view),)}


def wsgi(view):
    """Such a project as an application of its own."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    settings.INSTALLED_APPS += ["django_tables2"]
    for name, value in project(view).items():
        setattr(settings, name, value)
    return get_wsgi_application()


def stock():
    return wsgi(stock_page)


def loop():
    return wsgi(loop_page)
