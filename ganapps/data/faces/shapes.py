"""The shapes that the avataaars drawing leaves flat or leaves out, as SVG in its units: head, ears, nose, open eyes."""

# Outlines of skin; the head closes the drawing's one outline of head, neck and shoulders where the chin is. The shoulders
# are a little narrower than the garments that end with them, whose softened edges would else show skin.
SKIN = {
    "body": "M116 140V199H112a69.5 72 0 0 0-69.5 72v9h195v-9a69.5 72 0 0 0-69.5-72h-4V140z",
    "ears": "M74 110a12 12 0 0 1 24 0v14a12 12 0 0 1-24 0zm108 0a12 12 0 0 1 24 0v14a12 12 0 0 1-24 0z",
    "head": "M84 92a56 56 0 0 1 112 0v38a56 56 0 0 1-112 0z",
    "nose": "M128.5 131q0-5 5.5-8 1-9 6-9t6 9q5.5 3 5.5 8-1.5 6.5-11.5 6.5t-11.5-6.5z",
}
NOSTRILS = (
    '<ellipse cx="134.8" cy="134.3" rx="2.6" ry="1.5" fill="#000" fill-opacity=".4"/>'
    '<ellipse cx="145.2" cy="134.3" rx="2.6" ry="1.5" fill="#000" fill-opacity=".4"/>'
)
EYE_CENTRES = ((114.0, 112.0), (166.0, 112.0))


def open_eyes(wide: float, high: float, look: float) -> str:
    """Two eyes that see: ``wide`` and ``high`` are half the opening, ``look`` moves the iris to the right."""
    return "".join(_open_eye(x, y, wide, high, look) for x, y in EYE_CENTRES)


def _open_eye(x: float, y: float, wide: float, high: float, look: float) -> str:
    left, right, upper, lower = x - wide, x + wide, y - 1.9 * high, y + 1.7 * high
    iris, middle = 6.6, x + look
    opening = f"M{left} {y}Q{x} {upper} {right} {y}Q{x} {lower} {left} {y}z"
    lid = f"M{left - 1.5} {y + 1}Q{x} {upper - 5.5} {right + 1.5} {y + 1}Q{x} {upper + 1} {left - 1.5} {y + 1}z"
    clip = f"eye-{round(x)}"
    return (
        f'<clipPath id="{clip}"><path d="{opening}"/></clipPath><path d="{opening}" fill="#f4f1ee"/>'
        f'<g clip-path="url(#{clip})"><circle cx="{middle}" cy="{y - 0.5}" r="{iris}" fill="#4b3222"/>'
        f'<circle cx="{middle}" cy="{y - 0.5}" r="3.4" fill="#120d0a"/>'
        f'<circle cx="{middle - 2.4}" cy="{y - 3}" r="1.9" fill="#fff"/></g><path d="{lid}" fill="#241813"/>'
    )


EYES = {"open": open_eyes(13, 7, 0), "wide": open_eyes(13.5, 10, 0), "side": open_eyes(13, 7, 5.5)}
