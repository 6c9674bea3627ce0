from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("leaderboard.urls")),  # first: previews lie under admin/
    path("admin/", admin.site.urls),
]
