from django.contrib import admin
from django.urls import path

from . import second_factor, views
from .feeds import ChangesFeed

# In each language, Chinese under /zh-hans/.
pages = [
    path("", views.front_page, name="front"),
    path("leaderboard/", views.front_page, name="seed-page"),
    path("leaderboard/<slug:slug>/", views.leaderboard, name="leaderboard"),
    path("leaderboard/<slug:slug>/compare/", views.compare, name="compare"),
    path("leaderboard/<slug:slug>/charts/", views.charts_page, name="charts"),
    path("leaderboard/<slug:slug>/embed/", views.embed, name="embed"),
    path("llms/<slug:slug>/", views.llm, name="llm"),
    path("benchmarks/<slug:slug>/", views.benchmark, name="benchmark"),
    path("sources/<int:pk>/", views.source, name="source"),
    path("ranks/", views.ranks, name="ranks"),
    path("changes/", views.changes, name="changes"),
    path("api/", views.api, name="api"),
    path(
        "admin/preview/leaderboard/<int:pk>/", views.preview_leaderboard, name="preview-leaderboard"
    ),
    path("admin/preview/llm/<int:pk>/", views.preview_llm, name="preview-llm"),
    path("admin/second-factor/", admin.site.admin_view(second_factor.page), name="second-factor"),
]

# For programs: one address, no language.
files = [
    path("leaderboard/<slug:slug>.<slug:ending>", views.export, name="export"),
    path("llms/<slug:slug>.yaml", views.model_card, name="model-card"),
    path("llms/<slug:slug>/badge.svg", views.badge, name="badge"),
    path("changes/feed/", views.public(ChangesFeed()), name="feed"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
]
