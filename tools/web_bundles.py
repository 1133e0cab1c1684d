"""Write exports/web/bundles.json (not committed): what the phone page can do with each bundle under exports/.

python tools/web_bundles.py [EXPORTS]
"""

import json
import sys
from pathlib import Path
from typing import Any

import phone_page

from ganapps.attributes import reader_of

ROOT = Path(__file__).resolve().parent.parent
#: brushes for line art; `paper` fills, `first` is chosen, `thin` are lines
LINES = [
    {"name": "Ink", "colour": [0, 0, 0], "paper": False, "first": True, "thin": True},
    {"name": "Rubber", "colour": [255, 255, 255], "paper": True, "first": False, "thin": False},
]
KEPT = ("title", "description", "signature", "inputs", "output", "files", "metric", "data", "limits", "notice")


def listed(exports: Path) -> list[dict[str, Any]]:
    """The bundles that the page has a tab for, each with its card and, for drawing, its brushes."""
    cards = phone_page.cards(exports)
    found = []
    for name, card in cards.items():
        tab = tab_of(card)
        if tab is None:
            continue
        entry = {"tab": tab, "folder": f"../{name}/", "title": title(Path(name), card["signature"])}
        entry |= {"card": {key: card[key] for key in KEPT}} | brushes(card)
        reader = reader_of(name, cards)
        if tab == "edit" and reader:
            entry["reader"] = {"folder": f"../{reader}/", "card": cards[reader]}
        found.append(entry)
    return sorted(found, key=lambda entry: entry.get("starts") or "")  # drawings of the Earth before others


def tab_of(card: dict[str, Any]) -> str | None:
    """The tab that can use a bundle with this card."""
    kinds = sorted(spec["kind"] for spec in card["inputs"].values())
    if card["signature"] == "upscale":
        return "enlarge"
    if card["output"]["kind"] != "image":
        return None
    if kinds == ["attributes", "image"]:
        return "edit"
    return "draw" if kinds == ["image"] and brushes(card) else None


def brushes(card: dict[str, Any]) -> dict[str, Any]:
    """Brushes and samples for a drawing that the bundle understands; empty for other bundles.

    The card names the colours of pictures of classes; that a network reads line art stands in its data.
    """
    palette = card["inputs"].get("image", {}).get("palette")
    if palette:
        first = list(palette)[1]  # drawn on the ground, which comes first
        ends = [(name, colour, index == 0) for index, (name, colour) in enumerate(palette.items())]
        made = [
            {
                "name": name.capitalize(),
                "colour": colour,
                "paper": paper,
                "first": name == first,
                "thin": name == "river",
            }
            for name, colour, paper in ends
        ]
        return {"brushes": made, "starts": "coasts" if "sea" in palette else ""}
    data, _, options = card["data"].get("spec", "").partition(":")
    source = "a" if card["signature"] == "a_to_b" else "b"
    if data == "faces" and f"{source}=sketch" in options.split(","):
        return {"brushes": LINES, "starts": "lines"}
    return {}


def title(place: Path, signature: str) -> str:
    """What a menu on a phone has room for: "Face editing", "Map satellite, a to b"."""
    parts = place.parts[:-1] if place.name == signature and signature not in ("a_to_b", "b_to_a") else place.parts
    return ", ".join(part.replace("-", " ").replace("_", " ") for part in parts).capitalize()


def write(exports: Path) -> Path:
    """Write the list beside the page."""
    path = exports / "web" / "bundles.json"
    path.write_text(json.dumps({"bundles": listed(exports)}) + "\n", encoding="utf-8")
    return path


def main() -> int:
    """Write the list and say what stands in it; the exit code."""
    exports = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "exports"
    bundles = json.loads(write(exports).read_text(encoding="utf-8"))["bundles"]
    print(", ".join(bundle["folder"][3:-1] for bundle in bundles) or f"No bundle in {exports} that the page can use.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
