"""The seed site under another name, with a red accent and a logo."""

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.page_reader import page_form

FORM = "/admin/leaderboard/appearance/1/change/"
LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#e5484d" '
    b'd="M16 29 4 16a8 8 0 0 1 12-10 8 8 0 0 1 12 10z"/></svg>'
)
BRAND = {
    "name": "CardioBench", "name-zh-hans": "心脏基准", "tagline": "LLMs for hearts",
    "accent_light": "#c8102e", "typeface": "serif", "announcement": "Version 2 comes **soon**.",
    "footer_text": "Made by *Cardio Lab*.", "contact": "mail@cardio.example",
    "data_licence": "CC-BY-4.0",
}  # fmt: skip


def rebrand(client, **changed):
    """Fill the form as a maintainer does: once, with a picture."""
    form = page_form(client.get(FORM), "appearance_form")
    logo = SimpleUploadedFile("logo.svg", LOGO, "image/svg+xml")
    return client.post(FORM, {**form, **BRAND, "logo_dark_file": logo, **changed})
