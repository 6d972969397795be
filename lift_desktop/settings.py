"""What is used when the user chooses nothing. Knows no file and no command line."""

from __future__ import annotations

from .domain.models import AnswerMode, Depth

STARTER_MODEL = "smollm2-135m-instruct"
DEPTH = Depth.STANDARD
METHOD = "lora"
MODE = AnswerMode.BOTH
