"""Tables screened by many machines: cut into sections, each screened by the one columnar run."""

from eligibility.distributed.spark import screen_frame

__all__ = ["screen_frame"]
