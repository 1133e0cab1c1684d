"""Which number formats make training faster on this machine, and which make it slower."""

from pathlib import Path

from ganapps.engine.strategy import accelerated

CPUINFO = Path("/proc/cpuinfo")
#: the names that Linux gives to the instructions which pay, on x86 and on ARM
INSTRUCTIONS = {
    "mixed_bfloat16": {"amx_bf16", "bf16"},
    "mixed_float16": {"amx_fp16", "asimdhp"},
}


def slower(precision: str) -> bool:
    """Whether a mixed precision trains slower here than float32 does.

    On x86 only the matrix instructions (AMX) pay. A processor with AVX2 alone emulates the format: a step of CGAN's small
    preset took about ten times as long in bfloat16 as in float32. One with AVX-512 multiplies in it, but does the rest in
    float32 and converts between: CGAN, InfoGAN, SAGAN, CycleGAN and StarGAN took 1.25 to 1.55 times as long. GPUs and TPUs
    have instructions for both formats. Processors that do not name theirs (macOS, Windows) count as having none.

    Args:
        precision: ``float32``, ``mixed_bfloat16`` or ``mixed_float16``.
    """
    if precision == "float32" or accelerated():
        return False
    told = CPUINFO.read_text() if CPUINFO.is_file() else ""
    return not INSTRUCTIONS[precision] & set(told.split())
