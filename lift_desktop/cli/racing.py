"""The bench `speed`: our engine and the stock stack side by side, as a table."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from typing import Any

from ..services import Services
from .finding import model_for
from .terminal import Terminal, duration, size

ROWS = (
    ("questions written a second", "questions_per_second", "{:.2f}", "study"),
    ("tokens trained a second", "trained_tokens_per_second", "{:.0f}", "train"),
    ("seconds to study and train", "total_seconds", "{:.1f}", "total"),
    ("first token, pages shown (s)", "first_token_seconds", "{:.2f}", "first_token"),
    ("tokens a second, pages shown", "answer_tokens_per_second", "{:.1f}", "decode"),
    ("tokens a second, from memory", "memory_tokens_per_second", "{:.1f}", "decode_memory"),
)


def bench_speed(arguments: argparse.Namespace, services: Services, terminal: Terminal) -> int:
    """Measures with the services' engine process and one more for each other stack."""
    from ..bench.speed import LLAMA, options_of, run_speed

    options = options_of(arguments)
    model = model_for(arguments.model, services, terminal, arguments=arguments)
    with ExitStack() as others:
        engines = {"ours": services.engine, "stock": others.enter_context(services.another_engine())}
        if options.gguf is not None:
            engines[LLAMA] = others.enter_context(services.another_engine())
        values: dict[str, Any] = terminal.follow(run_speed(engines, services.reader, model, options))
    if not terminal.as_json:
        _show(values, terminal)
    terminal.result(values)
    return 0


def _show(values: dict[str, Any], terminal: Terminal) -> None:
    ours, stock, ratios = values["ours"], values["stock"], values["ratios"]
    rows = [
        (name, words.format(ours[key]), words.format(stock[key]), f"{ratios[ratio]:.2f}")
        for name, key, words, ratio in ROWS
    ]
    rows.append(
        ("peak memory", size(ours["peak_bytes"]), size(stock["peak_bytes"]), f"{ratios['peak_memory']:.2f} of stock's")
    )
    terminal.table(("", "ours", "stock", "times as fast"), rows)
    if "llama" in values:
        speed = values["llama"]["answer_tokens_per_second"]
        terminal.say(f"llama.cpp: {speed:.1f} tokens a second, {ratios['decode_llama']:.2f} times as fast as stock.")
    terminal.say(f"{values['passages']} passages, {values['questions']} questions to train on.")
    terminal.say(f"Equal questions: {values['equal_questions']:.0%}.")
    terminal.say(f"Largest difference of a step's loss: {values['largest_loss_difference']:.4f}.")
    if values["curve"]:
        points = [
            (f"{point['tokens']:,}", duration(point["seconds"]), f"{point['questions']}") for point in values["curve"]
        ]
        terminal.table(("tokens", "seconds to a memory", "questions"), points)
