"""Where photographs are found: wallpapers that Debian packages carry, and the test pictures of two Python packages.

Of the wallpapers only real photographs are named here; the packages hold drawings and patterns too. Licences are those
of the packages' copyright files.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path("/usr/share")
APT = (
    "apt-get install --no-install-recommends plasma-workspace-wallpapers mate-backgrounds lomiri-wallpapers-16.04 "
    "lomiri-wallpapers-20.04"
)


@dataclass(frozen=True)
class Wallpapers:
    """The photographs of one package: ``folder`` under ``ROOT``, ``pattern`` of a file there, names, licence, authors."""

    package: str
    folder: str
    pattern: str
    names: tuple[str, ...]
    licence: str
    authors: str

    def files(self) -> list[Path]:
        """Where each photograph is when the package is installed."""
        return [ROOT / self.folder / self.pattern.format(name) for name in self.names]


WALLPAPERS = (
    Wallpapers(
        "plasma-workspace-wallpapers",
        "wallpapers",
        "{}/contents/images/2560x1600.jpg",
        (
            "BytheWater", "ColdRipple", "ColorfulCups", "DarkestHour", "EveningGlow", "FallenLeaf", "Grey", "Kite",
            "OneStandsOut", "Path", "summer_1am",
        ),
        "GPL-2+",
        "Maciej Wiklo, Risto Saukonpää, Dmitri Popov, Ian Hex, Martin Klapetek, Sigi Sagi",
    ),
    Wallpapers(
        "mate-backgrounds",
        "backgrounds/mate/nature",
        "{}.jpg",
        (
            "Aqua", "Blinds", "Dune", "FreshFlower", "Garden", "GreenMeadow", "LadyBird", "RainDrops", "Storm", "TwoWings",
            "Wood", "YellowFlower",
        ),
        "GPL-2+",
        "Charles Barbin, Lennart Poettering, Andrea Cimitan, Marco Cogoni, Hylke Bons, Jens Ansorg, Timothy Schellhase, "
        "Lapo Calamandrei, blackcombwhistler07, Sergey Nazarov, Jean-François Fortin Tam",
    ),
    Wallpapers(
        "lomiri-wallpapers-16.04",
        "backgrounds",
        "{}_by_Aitzol_Berasategi.jpg",
        ("aitzgorri", "friends", "life", "picosdeeuropa", "sunset"),
        "CC-BY-4.0",
        "Aitzol Berasategi",
    ),
    Wallpapers(
        "lomiri-wallpapers-16.04",
        "backgrounds",
        "{}.jpg",
        ("Picture_0B_by_freespace", "Picture_1A_by_freespace", "Wine_by_Jakkub_Mede"),
        "CC-BY-4.0",
        "Trevor Freespace, Jakub Mede",
    ),
    Wallpapers(
        "lomiri-wallpapers-16.04",
        "backgrounds",
        "{}.jpg",
        ("Bridge_by_Sander_Klootwijk", "Dragonfly_by_Bolly", "free_by_Peter_Nerlich", "greentock_by_Peter_Nerlich"),
        "CC-BY-SA-4.0",
        "Sander Klootwijk, Bolly, Peter Nerlich",
    ),
    Wallpapers(
        "lomiri-wallpapers-16.04",
        "backgrounds",
        "{}.jpg",
        ("seeding_by_Clements_Engelhardt",),
        "CC0-1.0",
        "Clemens Engelhardt",
    ),
    Wallpapers(
        "lomiri-wallpapers-20.04",
        "backgrounds",
        "{}.jpg",
        ("Kleiber_by_Lukas_Baubkus",),
        "CC-BY-SA-3.0",
        "Lukas Baubkus",
    ),
)  # fmt: skip

#: package, folder inside it, colour photographs there
TEST_PICTURES = (
    ("skimage", "data", ("astronaut.png", "chelsea.png", "coffee.png", "motorcycle_left.png", "rocket.jpg")),
    ("sklearn", "datasets/images", ("china.jpg", "flower.jpg")),
)


def wallpapers() -> list[Path]:
    """Every photograph of the packages, in a fixed order, whether it is installed or not."""
    return [path for part in WALLPAPERS for path in part.files()]


def licence_of(path: Path) -> str:
    """The licence of one of ``wallpapers()``."""
    return next(part.licence for part in WALLPAPERS if path in part.files())


def test_pictures() -> list[Path]:
    """The photographs held out of all training, in a fixed order; both packages are installed with this one."""
    found = []
    for package, folder, names in TEST_PICTURES:
        spec = find_spec(package)
        assert spec is not None and spec.origin is not None
        found += [Path(spec.origin).parent / folder / name for name in names]
    return found
