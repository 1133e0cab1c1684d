"""Blocks that papers share and Keras does not have. Each is one small file; all of them convert to LiteRT."""

from ganapps.layers.actnorm import ActNorm
from ganapps.layers.bicubic import bicubic_matrix, bicubic_shrink
from ganapps.layers.causal_row import CausalRow
from ganapps.layers.conditional_batch_norm import ConditionalBatchNorm
from ganapps.layers.conv_transpose import Conv2DTranspose
from ganapps.layers.coupling import Coupling, SplitPrior, ZeroConv
from ganapps.layers.flow import Flow, FlowStep, Inverted
from ganapps.layers.gated_unit import GatedUnit
from ganapps.layers.historical_average import HistoricalAverage
from ganapps.layers.image_pool import ImagePool
from ganapps.layers.instance_norm import InstanceNorm
from ganapps.layers.invertible_conv import InvertibleConv
from ganapps.layers.masked_conv import ConvAbove, ConvBefore
from ganapps.layers.maxout import Maxout
from ganapps.layers.minibatch_discrimination import MinibatchDiscrimination
from ganapps.layers.normalization import batch_norm
from ganapps.layers.pixel_bias import PixelBias
from ganapps.layers.pixel_shuffle import PixelShuffle
from ganapps.layers.raster import Raster
from ganapps.layers.reflection_padding import ReflectionPadding
from ganapps.layers.self_attention import SelfAttention
from ganapps.layers.spectral_norm import SpectralNorm
from ganapps.layers.tiled import Tiled
from ganapps.layers.upsample import Upsample
from ganapps.layers.virtual_batch_norm import DropReference, Reference, VirtualBatchNorm
from ganapps.layers.weight_norm import WeightNorm

__all__ = [
    "ActNorm",
    "CausalRow",
    "ConditionalBatchNorm",
    "Conv2DTranspose",
    "ConvAbove",
    "ConvBefore",
    "Coupling",
    "DropReference",
    "Flow",
    "FlowStep",
    "GatedUnit",
    "HistoricalAverage",
    "ImagePool",
    "InstanceNorm",
    "Inverted",
    "InvertibleConv",
    "Maxout",
    "MinibatchDiscrimination",
    "PixelBias",
    "PixelShuffle",
    "Raster",
    "Reference",
    "ReflectionPadding",
    "SelfAttention",
    "SpectralNorm",
    "SplitPrior",
    "Tiled",
    "Upsample",
    "VirtualBatchNorm",
    "WeightNorm",
    "ZeroConv",
    "batch_norm",
    "bicubic_matrix",
    "bicubic_shrink",
]
