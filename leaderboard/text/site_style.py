"""The style sheet of a site's appearance: what differs from static/css. Pure: no Django."""

from typing import NamedTuple

from .colours import as_dark_as, as_light_as


class Look(NamedTuple):
    """What of an appearance its style sheet is made from."""

    accent_light: str  # "#rrggbb", or "" for the accent of site.css
    accent_dark: str
    default_theme: str  # dark, light or system
    has_logo: bool
    has_announcement: bool
    has_serif_name: bool


# The ink on the accent needs no check: an accent that can be read on the ground can be written on
# with it. Cells are shaded no lighter or darker than in site.css: figures can be read there.
HEAT_LIGHT, HEAT_DARK = "#0b8475", "#42c4b5"
ACCENT = """\
:root {{ --accent: light-dark({light}, {dark}); --ink: light-dark(#fff, #0b0e13); \
--heat: light-dark({light_heat}, {dark_heat}); }}
"""
LOGO = """\
.logo { display: block; max-width: min(220px, 50vw); height: 32px; object-fit: contain; }
.on-light { display: none; }
"""
SWAP = "{root} .on-light {{ display: block; }} {root} .on-dark {{ display: none; }}"
ANNOUNCEMENT = """\
.announcement { padding: 8px max(var(--gap), 50% - var(--half) + var(--gap)); \
border-bottom: 1px solid var(--line); background: var(--raised); font-size: var(--t4); \
overflow-wrap: anywhere; }
.announcement p { margin: 0; }
"""
# Of the machine, like all type here: nothing is loaded. As .serif in admin.css.
SERIF = """\
.brand span { font-family: Georgia, "Songti SC", SimSun, "Noto Serif CJK SC", serif; }
"""
FOR_LIGHT_SYSTEMS = "@media (prefers-color-scheme: light) {{ {rule} }}"


def write_style(look: Look) -> str:
    """Returns the style sheet of an appearance; "" if static/css says everything."""
    parts = []
    if look.accent_light and look.accent_dark:
        light, dark = look.accent_light, look.accent_dark
        parts.append(
            ACCENT.format(
                light=light, dark=dark,
                light_heat=as_light_as(light, HEAT_LIGHT), dark_heat=as_dark_as(dark, HEAT_DARK),
            )
        )  # fmt: skip
    if look.has_logo:
        parts += [LOGO, *swaps(look.default_theme), ""]
    if look.has_announcement:
        parts.append(ANNOUNCEMENT)
    if look.has_serif_name:
        parts.append(SERIF)
    return "\n".join(parts)


def swaps(default_theme: str) -> list[str]:
    """Rules that show the logo for light grounds: where a visitor chose so, without a script by
    default, and on paper."""
    chosen = SWAP.format(root='[data-theme="light"]')
    by_system = FOR_LIGHT_SYSTEMS.format(rule=SWAP.format(root='[data-theme="dark light"]'))
    without_script = SWAP.format(root=":root:not([data-theme])")
    if default_theme == "system":
        by_default = [FOR_LIGHT_SYSTEMS.format(rule=without_script)]
    else:
        by_default = [without_script] if default_theme == "light" else []
    on_paper = f"@media print {{ {SWAP.format(root=':root:root')} }}"
    return [chosen, by_system, *by_default, on_paper]
