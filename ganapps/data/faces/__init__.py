"""Rendered faces: drawn from an avatar style, shaded as if they were solid, and known down to the last pixel."""

from ganapps.data.faces.dataset import INFO, describe_faces, open_faces
from ganapps.data.faces.render import render_attributes
from ganapps.data.faces.vocabulary import with_attribute, with_choice

__all__ = ["INFO", "describe_faces", "open_faces", "render_attributes", "with_attribute", "with_choice"]
