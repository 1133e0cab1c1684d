"""The yardstick of train_speed.py: DCGAN and CycleGAN as a plain PyTorch loop, with the networks and losses of ganapps.

Eager mode, one Adam a player, and nothing else: what one would write by hand from the two papers. Which memory layout is
the faster depends on the machine and the network, so there are both, and train_speed.py takes the better one as the
yardstick. A kernel of 4 makes the "same" padding of Keras a padding of 1 here: both compute the same convolutions.
"""

import itertools
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
Step = Callable[[], float]


def dcgan(resolution: int, features: int, batch_size: int, layout: torch.memory_format) -> tuple[Step, int]:
    """A DCGAN's training step on a constant batch, and how many weights it trains."""
    generator = _generator(resolution, features).to(DEVICE, memory_format=layout)
    discriminator = _discriminator(resolution, features).to(DEVICE, memory_format=layout)
    images = _pictures(batch_size, resolution, layout)
    adams = [torch.optim.Adam(net.parameters(), 2e-4, (0.5, 0.999)) for net in (discriminator, generator)]

    def latents() -> Tensor:
        return torch.rand(batch_size, 100, device=DEVICE) * 2 - 1

    def step() -> float:
        with torch.no_grad():
            fake = generator(latents())
        discriminator.requires_grad_(True)
        real_logit, fake_logit = discriminator(images), discriminator(fake)
        _descend(adams[0], functional.softplus(-real_logit).mean() + functional.softplus(fake_logit).mean())
        discriminator.requires_grad_(False)
        loss = functional.softplus(-discriminator(generator(latents()))).mean()
        _descend(adams[1], loss)
        return loss.item()

    return step, _weights(generator, discriminator)


def cyclegan(
    resolution: int, features: int, blocks: int, batch_size: int, layout: torch.memory_format
) -> tuple[Step, int]:
    """A CycleGAN's training step (cycle, identity, pools of 50) on constant batches, and how many weights it trains."""
    a_to_b, b_to_a = (_translator(features, blocks).to(DEVICE, memory_format=layout) for _ in range(2))
    judge_a, judge_b = (_patchgan(features).to(DEVICE, memory_format=layout) for _ in range(2))
    a, b = _pictures(batch_size, resolution, layout), _pictures(batch_size, resolution, layout)
    one = torch.optim.Adam(itertools.chain(a_to_b.parameters(), b_to_a.parameters()), 2e-4, (0.5, 0.999))
    two = torch.optim.Adam(itertools.chain(judge_a.parameters(), judge_b.parameters()), 2e-4, (0.5, 0.999))
    pool_a, pool_b = Pool(50), Pool(50)

    def judged(judge: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
        return ((judge(real) - 1).square().mean() + judge(fake).square().mean()) / 2

    def step() -> float:
        for judge in (judge_a, judge_b):
            judge.requires_grad_(False)
        fake_b, fake_a = a_to_b(a), b_to_a(b)
        fool = (judge_a(fake_a) - 1).square().mean() + (judge_b(fake_b) - 1).square().mean()
        cycle = functional.l1_loss(b_to_a(fake_b), a) + functional.l1_loss(a_to_b(fake_a), b)
        identity = functional.l1_loss(a_to_b(b), b) + functional.l1_loss(b_to_a(a), a)
        loss = fool + 10 * cycle + 5 * identity
        _descend(one, loss)
        for judge in (judge_a, judge_b):
            judge.requires_grad_(True)
        shown_a, shown_b = pool_a.exchange(fake_a.detach()), pool_b.exchange(fake_b.detach())
        _descend(two, judged(judge_a, a, shown_a) + judged(judge_b, b, shown_b))
        return loss.item()

    return step, _weights(a_to_b, b_to_a, judge_a, judge_b)


class Pool:
    """The last ``size`` fakes; a full pool exchanges each newcomer with probability 1/2."""

    def __init__(self, size: int) -> None:
        self.size, self.pictures = size, list[Tensor]()

    def exchange(self, images: Tensor) -> Tensor:
        """Put ``images`` in, take as many out."""
        out = []
        for image in images:
            if len(self.pictures) < self.size:
                self.pictures.append(image)
            elif torch.rand(()) < 0.5:
                place = int(torch.randint(self.size, ()))
                image, self.pictures[place] = self.pictures[place], image
            out.append(image)
        return torch.stack(out)


def _descend(adam: torch.optim.Optimizer, loss: Tensor) -> None:
    adam.zero_grad(set_to_none=True)
    loss.backward()
    adam.step()


def _pictures(batch_size: int, resolution: int, layout: torch.memory_format) -> Tensor:
    images = torch.rand(batch_size, 3, resolution, resolution, device=DEVICE) * 2 - 1
    return images.contiguous(memory_format=layout)


def _weights(*networks: nn.Module) -> int:
    return sum(p.numel() for network in networks for p in network.parameters())


def _widths(resolution: int, features: int) -> list[int]:
    count = resolution.bit_length() - 3
    return [features * 2**stage for stage in range(count)]


def _generator(resolution: int, features: int) -> nn.Module:
    widths = _widths(resolution, features)[::-1]
    parts: list[nn.Module] = [nn.Linear(100, 16 * widths[0], bias=False), nn.BatchNorm1d(16 * widths[0]), nn.ReLU()]
    parts.append(nn.Unflatten(1, (widths[0], 4, 4)))
    for wide, narrow in itertools.pairwise(widths):
        parts += [nn.ConvTranspose2d(wide, narrow, 4, 2, 1, bias=False), nn.BatchNorm2d(narrow), nn.ReLU()]
    return nn.Sequential(*parts, nn.ConvTranspose2d(widths[-1], 3, 4, 2, 1, bias=False), nn.Tanh())


def _discriminator(resolution: int, features: int) -> nn.Module:
    widths = _widths(resolution, features)
    parts: list[nn.Module] = [nn.Conv2d(3, widths[0], 4, 2, 1, bias=False), nn.LeakyReLU(0.2)]
    for narrow, wide in itertools.pairwise(widths):
        parts += [nn.Conv2d(narrow, wide, 4, 2, 1, bias=False), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2)]
    return nn.Sequential(*parts, nn.Flatten(), nn.Linear(16 * widths[-1], 1, bias=False))


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(*_reflected(width, width, 3), nn.ReLU(), *_reflected(width, width, 3))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


def _reflected(narrow: int, wide: int, kernel: int) -> Iterator[nn.Module]:
    yield nn.ReflectionPad2d(kernel // 2)
    yield nn.Conv2d(narrow, wide, kernel)
    yield nn.InstanceNorm2d(wide)


def _translator(features: int, blocks: int) -> nn.Module:
    parts: list[nn.Module] = [*_reflected(3, features, 7), nn.ReLU()]
    for width in (features, 2 * features):
        parts += [nn.Conv2d(width, 2 * width, 3, 2, 1), nn.InstanceNorm2d(2 * width), nn.ReLU()]
    parts += [_Residual(4 * features) for _ in range(blocks)]
    for width in (4 * features, 2 * features):
        parts += [nn.ConvTranspose2d(width, width // 2, 3, 2, 1, 1), nn.InstanceNorm2d(width // 2), nn.ReLU()]
    return nn.Sequential(*parts, nn.ReflectionPad2d(3), nn.Conv2d(features, 3, 7), nn.Tanh())


def _patchgan(features: int) -> nn.Module:
    parts: list[nn.Module] = [nn.Conv2d(3, features, 4, 2, 1), nn.LeakyReLU(0.2)]
    for width, stride in ((features, 2), (2 * features, 2), (4 * features, 1)):
        parts += [nn.Conv2d(width, 2 * width, 4, stride, 1), nn.InstanceNorm2d(2 * width), nn.LeakyReLU(0.2)]
    return nn.Sequential(*parts, nn.Conv2d(8 * features, 1, 4, 1, 1))
