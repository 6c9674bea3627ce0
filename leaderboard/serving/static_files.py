"""Style sheets and scripts as visitors get them: named by their content, compressed, and without
what only their authors read."""

import re

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

OURS = ("css/", "js/")  # Django's own are sent as they come
COMMENTS = {
    ".css": re.compile(r"/\*.*?\*/", re.DOTALL),
    ".js": re.compile(
        r"^\s*//.*", re.MULTILINE
    ),  # on lines of their own: “//” is also in addresses
}


class LeanStaticFiles(CompressedManifestStaticFilesStorage):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._addresses = {}

    def _save(self, name, content):
        ending = name[name.rfind(".") :]
        if name.startswith(OURS) and ending in COMMENTS:
            text = b"".join(content.chunks()).decode()  # from its begin: it was read to be named
            content = ContentFile(without_comments(text, ending).encode())
        return super()._save(name, content)

    def url(self, name, force=False):
        """Found once: every page asks for the same few, and each look-up takes addresses apart."""
        if name not in self._addresses:
            self._addresses[name] = super().url(name, force)
        return self._addresses[name]


def without_comments(text, ending):
    """And without indentation and empty lines; a style sheet without spaces around its rules."""
    lines = COMMENTS[ending].sub("", text).splitlines()
    text = "\n".join(line.strip() for line in lines if line.strip())
    return re.sub(r"\s*([{};])\s*", r"\1", text) if ending == ".css" else text
