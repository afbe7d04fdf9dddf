"""Which rule bounds which operation.  An operation without a rule cannot be judged."""

from __future__ import annotations

from collections.abc import Callable

from verify.expected.steps import Step
from verify.tolerance import activations, distances, linear, losses, pooling
from verify.tolerance.bound import Bound
from verify.tolerance.query import Query

Rule = Callable[[Query, Step], Bound]

RULES: dict[str, Rule] = {
    "link": linear.link,
    "convolution.a": linear.convolution_a,
    "convolution.z": linear.convolution_z,
    "convolution.da": linear.convolution_da,
    "convolution.dx": linear.convolution_dx,
    "convolution.dW": linear.convolution_dW,
    "convolution.db": linear.bias_gradient,
    "affine.z": linear.affine_z,
    "affine.dx": linear.affine_dx,
    "affine.dW": linear.affine_dW,
    "affine.db": linear.bias_gradient,
    "activation.y": activations.activation_y,
    "activation.dz": activations.activation_dz,
    "max_pool.a": linear.windows,
    "max_pool.argmax": pooling.max_pool_argmax,
    "max_pool.z": pooling.max_pool_z,
    "max_pool.da": pooling.max_pool_da,
    "max_pool.dx": pooling.max_pool_dx,
    "subsampling.a": linear.windows,
    "subsampling.s": linear.subsampling_s,
    "subsampling.z": linear.subsampling_z,
    "subsampling.ds": linear.subsampling_ds,
    "subsampling.da": linear.subsampling_da,
    "subsampling.dx": linear.subsampling_dx,
    "subsampling.dW": linear.subsampling_dW,
    "subsampling.db": linear.bias_gradient,
    "rbf.y": distances.rbf_y,
    "rbf.dx": distances.rbf_dx,
    "rbf.dW": distances.rbf_dW,
    "cross_entropy.probs": losses.loss_probs,
    "cross_entropy.data": losses.loss_data,
    "cross_entropy.dx": losses.loss_dx,
    "map.probs": losses.loss_probs,
    "map.data": losses.loss_data,
    "map.dx": losses.loss_dx,
    "mle.data": losses.mle_data,
    "mle.dx": losses.mle_dx,
    "regulariser.reg": linear.regulariser,
    "total": linear.total,
}
