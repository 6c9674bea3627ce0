"""Every address of the site but those of the admin and of static files."""

from django.contrib import admin
from django.urls import path

from leaderboard.accounts.second_factor import second_factor_page
from leaderboard.api.page import show_api
from leaderboard.api.v1 import routes
from leaderboard.serving.public_views import public
from leaderboard.views.appearance import send_picture, send_site_style
from leaderboard.views.cards import send_leaderboard_card, send_llm_card
from leaderboard.views.charts import send_chart, show_charts
from leaderboard.views.differences import show_diff
from leaderboard.views.drafts import show_draft
from leaderboard.views.edit import edit_page
from leaderboard.views.feeds import ChangesFeed
from leaderboard.views.front import show_first, show_front
from leaderboard.views.leaderboards import (
    preview_leaderboard,
    send_export,
    show_comparison,
    show_frame,
    show_leaderboard,
)
from leaderboard.views.llms import (
    preview_llm,
    send_badge,
    send_eval_results,
    send_model_card,
    send_records,
    show_llm,
)
from leaderboard.views.oembed import send_oembed
from leaderboard.views.organizations import show_organization
from leaderboard.views.reference import (
    show_benchmark,
    show_changes,
    show_ranks,
    show_source,
)
from leaderboard.views.releases import (
    send_payload,
    send_release_file,
    show_release,
    show_releases,
)
from leaderboard.views.revisions import show_revision
from leaderboard.views.site_pages import preview_site_page, show_site_page
from leaderboard.views.sitemap import send_robots, send_sitemap, send_sitemap_part

# In each language of LANGUAGES, a further one under /<its code>/.
pages = [
    path("", show_front, name="front"),
    path("leaderboard/", show_first, name="seed-page"),
    path("leaderboard/<slug:slug>/", show_leaderboard, name="leaderboard"),
    path("leaderboard/<slug:slug>/compare/", show_comparison, name="compare"),
    path("leaderboard/<slug:slug>/charts/", show_charts, name="charts"),
    path("leaderboard/<slug:slug>/charts/<slug:name>.<slug:ending>", send_chart, name="chart"),
    path("leaderboard/<slug:slug>/card.png", send_leaderboard_card, name="leaderboard-card"),
    path("leaderboard/<slug:slug>/embed/", show_frame, name="embed"),
    path("leaderboard/<slug:slug>/diff/", show_diff, name="diff"),
    path("leaderboard/<slug:slug>/releases/", show_releases, name="releases"),
    path("leaderboard/<slug:slug>/releases/<str:name>/", show_release, name="release"),
    path("llms/<slug:slug>/", show_llm, name="llm"),
    path("llms/<slug:slug>/card.png", send_llm_card, name="llm-card"),
    path("benchmarks/<slug:slug>/", show_benchmark, name="benchmark"),
    path("organizations/<slug:slug>/", show_organization, name="organization"),
    path("sources/<int:pk>/", show_source, name="source"),
    path("pages/<slug:slug>/", show_site_page, name="page"),
    path("draft/<str:token>/", show_draft, name="draft"),
    # Else Django would redirect, by an answer that caches keep, with the key in it.
    path("draft/<str:token>", show_draft, name="draft-without-slash"),
    path("ranks/", show_ranks, name="ranks"),
    path("changes/", show_changes, name="changes"),
    path("revision/<slug:token>/", show_revision, name="revision"),
    path("api/", show_api, name="api"),
    path("admin/edit/", edit_page, name="edit"),
    path("admin/preview/leaderboard/<int:pk>/", preview_leaderboard, name="preview-leaderboard"),
    path("admin/preview/llm/<int:pk>/", preview_llm, name="preview-llm"),
    path("admin/preview/sitepage/<int:pk>/", preview_site_page, name="preview-page"),
    path("admin/second-factor/", admin.site.admin_view(second_factor_page), name="second-factor"),
]

# For programs: one address, no language.
files = [
    path("leaderboard/<slug:slug>.<slug:ending>", send_export, name="export"),
    path("leaderboard/<slug:slug>/releases/<str:name>/payload.json", send_payload, name="payload"),
    path(
        "leaderboard/<slug:slug>/releases/<str:name>.<slug:ending>",
        send_release_file,
        name="release-file",
    ),
    path("llms/<slug:slug>.yaml", send_model_card, name="model-card"),
    path("llms/<slug:slug>.jsonl", send_records, name="llm-records"),
    path("llms/<slug:slug>/eval_results.yaml", send_eval_results, name="eval-results"),
    path("llms/<slug:slug>/badge.svg", send_badge, name="badge"),
    path("appearance/<slug:digest>.css", send_site_style, name="site-style"),
    path("pictures/<slug:digest>.<slug:ending>", send_picture, name="picture"),
    path("oembed", send_oembed, name="oembed"),
    path("changes/feed/", public()(ChangesFeed()), name="feed"),
    path("sitemap.xml", send_sitemap, name="sitemap"),
    path("sitemap-<int:number>.xml", send_sitemap_part, name="sitemap-part"),
    path("robots.txt", send_robots, name="robots"),
    path("api/v1/", routes),
]
