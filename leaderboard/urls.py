from django.urls import path

from . import views

urlpatterns = [
    path("", views.front_page, name="front"),
    path("leaderboard/", views.front_page),
    path("leaderboard/<slug:slug>/", views.leaderboard, name="leaderboard"),
    path("llms/<slug:slug>/", views.llm, name="llm"),
    path(
        "admin/preview/leaderboard/<int:pk>/", views.preview_leaderboard, name="preview-leaderboard"
    ),
    path("admin/preview/llm/<int:pk>/", views.preview_llm, name="preview-llm"),
]
