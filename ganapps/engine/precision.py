"""Which number formats this machine computes in, and which it only emulates."""

from pathlib import Path

from ganapps.engine.strategy import accelerated

CPUINFO = Path("/proc/cpuinfo")
#: the names that Linux gives to the instructions, on x86 and on ARM
INSTRUCTIONS = {
    "mixed_bfloat16": {"avx512_bf16", "amx_bf16", "bf16"},
    "mixed_float16": {"avx512_fp16", "amx_fp16", "asimdhp"},
}


def emulated(precision: str) -> bool:
    """Whether a mixed precision is slower here than float32, because the processor has no instructions for it.

    A step of CGAN's small preset took about ten times as long in bfloat16 as in float32 on a processor with AVX2 alone. GPUs
    and TPUs have instructions for both formats. Processors that do not name theirs (macOS, Windows) count as having none.

    Args:
        precision: ``float32``, ``mixed_bfloat16`` or ``mixed_float16``.
    """
    if precision == "float32" or accelerated():
        return False
    told = CPUINFO.read_text() if CPUINFO.is_file() else ""
    return not INSTRUCTIONS[precision] & set(told.split())
