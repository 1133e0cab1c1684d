"""AdversarialModel: a Keras model whose training step is a game between players."""

import inspect
from typing import Any, ClassVar

import keras
import numpy as np
from keras import ops

from ganapps.engine import backend, inference
from ganapps.engine.noise import Noise
from ganapps.engine.players import Player, PlayerOptimizers
from ganapps.engine.signature import Signature

Batch = dict[str, Any]


class AdversarialModel(backend.BackendModel):
    """The base of every game: a subclass builds its networks and writes one loss method per player.

    A loss method ``<player>_loss(batch)`` returns ``(loss, logs)`` or ``(loss, logs, shared)``: a scalar that the player
    minimises, named scalars to record, and tensors that the players after it find in their batch. The engine takes each
    player's gradients over that player's own variables, applies its optimiser, and keeps averaged copies.

    A named scalar ``gate`` (true or false, the same on all replicas) says whether this update is made: where it is
    false, the player's variables and its optimiser stay as they are, to the bit.

    Subclasses state ``players``, ``needs`` (the batch fields they read), ``presets`` (constructor arguments by name) and
    ``averaged`` (networks of which an exponential moving average is kept when ``compile`` is given ``ema``).

    Args:
        seed: fixes the noise drawn in training.
    """

    players: tuple[Player, ...]
    needs: ClassVar[tuple[str, ...]] = ("image",)
    averaged: tuple[str, ...] = ("generator",)
    presets: ClassVar[dict[str, dict[str, Any]]] = {"paper": {}}

    def __new__(cls, *args: Any, **kwargs: Any) -> "AdversarialModel":
        """Remember the constructor's arguments, defaults included: they are the configuration."""
        model = super().__new__(cls, *args, **kwargs)
        bound = inspect.signature(cls.__init__).bind(None, *args, **kwargs)
        bound.apply_defaults()
        arguments = dict(bound.arguments)
        arguments |= arguments.pop("kwargs", {})
        arguments.pop("self")
        object.__setattr__(model, "arguments", arguments)
        return model

    def __init__(self, seed: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.noise = Noise(seed)
        self.averages: dict[str, keras.Model] = {}
        self.ema = 0.0
        self.built = True  # a subclass's networks are built by its constructor, never from a first batch

    # What a subclass says of itself

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """The paper's optimiser for each player; ``steps`` is the length of the run, for schedules that end with it."""
        raise NotImplementedError(f"{type(self).__name__} names no optimisers.")

    def signatures(self) -> dict[str, Signature]:
        """What the trained networks offer: sampling, translation, encoding. The first one is the default."""
        raise NotImplementedError(f"{type(self).__name__} offers no signatures.")

    def preview(self, batch: dict[str, np.ndarray], seed: int) -> np.ndarray:
        """A picture, uint8 (height, width, 3), of what the model can do now; the same ``batch`` and ``seed`` each time."""
        raise NotImplementedError(f"{type(self).__name__} has no preview.")

    def adapt(self, batch: dict[str, np.ndarray]) -> None:
        """Called once before the first step with some real data, for initial values that depend on it."""

    def before_step(self) -> None:
        """Called inside the step, before the players."""

    def after_step(self) -> None:
        """Called inside the step, after the players and the averages."""

    def grow(self, step: int) -> bool:
        """Called between steps, outside the compiled step; True when the networks changed and it must be built anew."""
        return False

    def playing(self) -> tuple[Player, ...]:
        """Who plays, in order: all, unless the game has phases; then ``grow`` says True where one begins."""
        return self.players

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**self.arguments, "name": self.name}

    # Training

    def compile(  # type: ignore[override]
        self,
        optimizers: dict[str, keras.optimizers.Optimizer] | None = None,
        steps: int | None = None,
        ema: float = 0.0,
        **kwargs: Any,
    ) -> None:
        """Prepare for ``fit``.

        Args:
            optimizers: player's name -> optimiser; the paper's where None.
            steps: the length of the run, for the paper's schedules.
            ema: decay of the averaged copies of the networks in ``averaged``; 0 keeps none.
            kwargs: Keras' own (``jit_compile``, ``run_eagerly``, ``steps_per_execution``).
        """
        chosen = optimizers or self.optimizers(steps)
        if self.dtype_policy.name == "mixed_float16":
            chosen = {name: _with_loss_scale(optimizer) for name, optimizer in chosen.items()}
        self.ema = ema
        if ema:
            self.averages = {name: _copy(getattr(self, name)) for name in self.averaged}
        super().compile(optimizer=PlayerOptimizers(chosen), loss=None, auto_scale_loss=False, **kwargs)
        self.optimizer.build_players({p.name: self.variables_of(p) for p in self.players})

    def get_compile_config(self) -> dict[str, Any]:
        """What ``compile_from_config`` needs to make the same optimisers and averages."""
        optimizers = {n: keras.optimizers.serialize(o) for n, o in self.optimizer.players.items()}
        return {"optimizers": optimizers, "ema": self.ema}

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile as a saved model was; its optimisers' state is loaded after this."""
        optimizers = {n: keras.optimizers.deserialize(o) for n, o in config["optimizers"].items()}
        self.compile(optimizers=optimizers, ema=config["ema"])

    def variables_of(self, player: Player) -> list[keras.Variable]:
        """The variables that ``player`` trains."""
        return [v for name in player.trains for v in getattr(self, name).trainable_variables]

    def play(self, batch: Batch) -> dict[str, Any]:
        """One step: every player's updates in order. Returns ``{"player/term": scalar}``."""
        step = self.optimizer.iterations
        self.noise.begin(step)
        self.before_step()
        logs: dict[str, Any] = {}
        shared: Batch = {}
        parts = max(player.updates for player in self.players)
        for player in self.playing():
            for update in range(player.updates):
                # Every parts-th row: replicas that hold a share of the rows then split them as one device would.
                part = {name: value[update::parts] for name, value in batch.items()} if parts > 1 else batch
                terms, handed = self.update(player, {**part, **shared})
            logs |= {f"{player.name}/{name}": value for name, value in terms.items()}
            shared |= handed
        self._average()
        self.after_step()
        backend.assign(step, step + 1)
        return logs

    def update(self, player: Player, batch: Batch) -> tuple[dict[str, Any], Batch]:
        """One update of one player; returns what to record and what to hand to later players."""
        variables, optimizer = self.variables_of(player), self.optimizer.players[player.name]

        def loss_of_player() -> tuple[Any, Any]:
            loss, terms, *handed = getattr(self, f"{player.name}_loss")(batch)
            loss = ops.cast(loss, "float32")
            return optimizer.scale_loss(loss), (loss, terms, handed[0] if handed else {})

        _, (loss, terms, handed), gradients = backend.value_and_grad(loss_of_player, variables)
        scale = optimizer.scale_loss(ops.ones(()))
        norm = ops.sqrt(sum(ops.sum(ops.square(ops.cast(g, "float32") / scale)) for g in gradients))
        before = [(v, ops.copy(v.value)) for v in (*variables, *optimizer.variables)] if "gate" in terms else []
        backend.apply_gradients(optimizer, gradients, variables)
        for variable, old in before:
            backend.assign(variable, ops.where(terms["gate"], variable.value, old))
        terms = {name: ops.cast(value, "float32") for name, value in terms.items()}
        return {"loss": loss, **terms, "gradient_norm": norm * backend.replica()[1]}, handed

    def _average(self) -> None:
        """Exponential moving average with a warm-up: the first steps forget the initial weights quickly."""
        step = ops.cast(self.optimizer.iterations, "float32")
        for name, average in self.averages.items():
            decay = ops.minimum(self.ema, (1.0 + step) / (10.0 + step))
            for mean, value in zip(average.variables, getattr(self, name).variables, strict=True):
                if keras.backend.is_float_dtype(mean.dtype):
                    backend.assign(mean, decay * mean.value + (1.0 - decay) * value.value)

    # After training

    def trained(self, name: str) -> keras.Model:
        """The network to use after training: its averaged copy where one is kept."""
        return self.averages.get(name, getattr(self, name))

    def generate(self, n: int, seed: int, **conditions: Any) -> np.ndarray:
        """``n`` samples of the ``sample`` signature from seeded inputs; see ``inference.sample``."""
        return inference.sample(self.signatures()["sample"], n, seed, **conditions)

    def translate(self, images: np.ndarray, signature: str) -> np.ndarray:
        """Pictures through an image-to-image signature, float32 (n, height, width, channels) in [-1, 1] both ways."""
        return inference.run(self.signatures()[signature], {"image": images})

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Run the default signature's network, so that ``predict`` works."""
        return next(iter(self.signatures().values())).network(inputs, training=training)


def _copy(network: keras.Model) -> keras.Model:
    copy = keras.models.clone_model(network)
    copy.set_weights(network.get_weights())
    copy.trainable = False
    return copy


def _with_loss_scale(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        return optimizer
    return keras.optimizers.LossScaleOptimizer(optimizer)
