from django.contrib import admin
from django.urls import include, path

handler400 = "leaderboard.http.bad_request"
handler500 = "leaderboard.http.server_error"

urlpatterns = [
    path("", include("leaderboard.urls")),  # first: previews lie under admin/
    path("admin/", admin.site.urls),
]
