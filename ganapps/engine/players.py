"""Who trains what, and the optimisers of all players as the one optimiser that Keras knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras


@dataclass(frozen=True)
class Player:
    """One side of a game.

    Args:
        name: the model's loss method is ``<name>_loss``.
        trains: attributes of the model that hold this player's networks.
        updates: updates in one step; the step's batch is split into that many equal parts, one for each update.
    """

    name: str
    trains: tuple[str, ...]
    updates: int = 1


@keras.saving.register_keras_serializable("ganapps")
class PlayerOptimizers(keras.optimizers.Optimizer):
    """Each player's optimiser behind one face.

    Keras saves, restores and hands to the JAX trainer the variables of ``model.optimizer``: here they are those of every
    player. ``iterations`` counts steps of the game; each player's own optimiser counts its updates. Reading
    ``learning_rate`` gives the first player's, assigning it sets everyone's, so learning-rate callbacks work.

    Args:
        optimizers: player's name -> its Keras optimiser.
    """

    def __init__(self, optimizers: Mapping[str, keras.optimizers.Optimizer], name: str = "players") -> None:
        super().__init__(learning_rate=0.0, name=name)
        self.players = dict(optimizers)

    def build_players(self, variables: Mapping[str, list[keras.Variable]]) -> None:
        """Create every player's slots. ``variables``: player's name -> the variables it trains."""
        for name, optimizer in self.players.items():
            if not optimizer.built:
                optimizer.build(variables[name])
        self.built = True

    def build(self, variables: list[keras.Variable]) -> None:
        """Nothing to do: Keras passes all variables in one list, the players' share is set by ``build_players``."""

    @property
    def variables(self) -> list[keras.Variable]:
        """The step counter, then all variables of all players' optimisers."""
        return [self.iterations, *(v for optimizer in self.players.values() for v in optimizer.variables)]

    @property
    def learning_rate(self) -> Any:
        """The first player's learning rate."""
        return next(iter(self.players.values())).learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        for optimizer in self.players.values():
            optimizer.learning_rate = value

    def save_own_variables(self, store: Any) -> None:
        """Only the step counter: the players' optimisers are children and save themselves."""
        store["iterations"] = keras.ops.convert_to_numpy(self.iterations.value)

    def load_own_variables(self, store: Any) -> None:
        """The reverse of ``save_own_variables``."""
        self.iterations.assign(store["iterations"])

    def get_config(self) -> dict[str, Any]:
        """The players' optimisers, serialised."""
        return {
            "name": self.name,
            "optimizers": {n: keras.optimizers.serialize(o) for n, o in self.players.items()},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "PlayerOptimizers":
        """The reverse of ``get_config``."""
        optimizers = {n: keras.optimizers.deserialize(o) for n, o in config["optimizers"].items()}
        return cls(optimizers, name=config["name"])
