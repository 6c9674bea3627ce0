"""Fixtures that the tests of this room share."""

import pytest


@pytest.fixture
def seen_by(chromium, live_server, anesbench):
    """A page as somebody sees it who chose “as the system”, or nothing: width, theme of the system,
    no motion."""
    contexts = []

    def open_at(width, scheme, height=800, has_chosen=True, **more):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            base_url=live_server.url,
            **more,
        )
        if has_chosen:
            context.add_init_script("try { localStorage.scheme ||= 'dark light' } catch {}")
        contexts.append(context)
        return context.new_page()

    yield open_at
    for context in contexts:
        context.close()
