from django.contrib import admin
from django.urls import path

from leaderboard.accounts.second_factor import second_factor_page
from leaderboard.views import leaderboards as views
from leaderboard.views.feeds import ChangesFeed
from leaderboard.views.llms import badge, llm, model_card, preview_llm
from leaderboard.views.reference import api, benchmark, changes, ranks, source
from leaderboard.views.shared import public
from leaderboard.views.site import robots, sitemap

# In each language of LANGUAGES, a further one under /<its code>/.
pages = [
    path("", views.front_page, name="front"),
    path("leaderboard/", views.front_page, name="seed-page"),
    path("leaderboard/<slug:slug>/", views.leaderboard, name="leaderboard"),
    path("leaderboard/<slug:slug>/compare/", views.compare, name="compare"),
    path("leaderboard/<slug:slug>/charts/", views.charts_page, name="charts"),
    path("leaderboard/<slug:slug>/embed/", views.embed, name="embed"),
    path("llms/<slug:slug>/", llm, name="llm"),
    path("benchmarks/<slug:slug>/", benchmark, name="benchmark"),
    path("sources/<int:pk>/", source, name="source"),
    path("ranks/", ranks, name="ranks"),
    path("changes/", changes, name="changes"),
    path("api/", api, name="api"),
    path(
        "admin/preview/leaderboard/<int:pk>/", views.preview_leaderboard, name="preview-leaderboard"
    ),
    path("admin/preview/llm/<int:pk>/", preview_llm, name="preview-llm"),
    path("admin/second-factor/", admin.site.admin_view(second_factor_page), name="second-factor"),
]

# For programs: one address, no language.
files = [
    path("leaderboard/<slug:slug>.<slug:ending>", views.export, name="export"),
    path("llms/<slug:slug>.yaml", model_card, name="model-card"),
    path("llms/<slug:slug>/badge.svg", badge, name="badge"),
    path("changes/feed/", public(ChangesFeed()), name="feed"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("robots.txt", robots, name="robots"),
]
