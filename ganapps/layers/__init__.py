"""Blocks that papers share and Keras does not have. Each is one small file; all of them convert to LiteRT."""

from ganapps.layers.image_pool import ImagePool
from ganapps.layers.instance_norm import InstanceNorm
from ganapps.layers.maxout import Maxout
from ganapps.layers.normalization import batch_norm
from ganapps.layers.reflection_padding import ReflectionPadding
from ganapps.layers.upsample import Upsample

__all__ = ["ImagePool", "InstanceNorm", "Maxout", "ReflectionPadding", "Upsample", "batch_norm"]
