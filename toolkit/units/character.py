"""The unit `character`: each character of a text, a blank too."""

from toolkit.units.unit import Unit

UNIT = Unit("character", "each character, a blank too", learn=lambda texts, size: list)
