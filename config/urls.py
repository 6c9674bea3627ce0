"""The addresses of the site: files, then pages and the admin in each language."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from leaderboard.urls import files, pages

handler400 = "leaderboard.serving.errors.bad_request"
handler500 = "leaderboard.serving.errors.server_error"

urlpatterns = [
    *files,
    *i18n_patterns(
        path("", include(pages)),  # first: previews lie under admin/
        path("admin/", admin.site.urls),
        prefix_default_language=False,
    ),
]
