#!/usr/bin/env python3
"""The cards of configs/ and the formulas of sim/batching/roofline.hpp, once more in Python: what scripts/fit_roofline.py
fits and measures. tests/sim/roofline_test.cpp holds both to the same numbers. Plain Python 3, no packages.

    scripts/roofline.py     prints the numbers that the test pins
"""
import math
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent.parent


def scalar(text):
    text = text.strip().strip('"')
    plain = text.replace("_", "")
    units = {"B": 1, "GB": 1e9, "TB": 1e12, "MiB": 2**20, "GiB": 2**30, "GB/s": 1e9, "TB/s": 1e12, "ns": 1e-9, "us": 1e-6, "ms": 1e-3}
    match = re.fullmatch(r"(-?[0-9.]+)(B|GB|TB|MiB|GiB|GB/s|TB/s|ns|us|ms)?", plain)
    if match:
        value = float(match[1]) * units.get(match[2] or "B", 1)
        return int(value) if value == int(value) else value
    return {"true": True, "false": False}.get(text, text)


def read_card(path):
    """The YAML that cards use: nested keys by indentation, {a: 1, b: 2}, [a, b], and folded texts, which are skipped."""
    root = {}
    levels = [(-1, root)]
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.lstrip().startswith("#") or ":" not in line:
            continue
        depth = len(line) - len(line.lstrip())
        key, _, value = line.strip().partition(":")
        if " " in key:
            continue
        while levels[-1][0] >= depth:
            levels.pop()
        into, value = levels[-1][1], value.strip()
        if value.startswith("{"):
            into[key] = {k.strip(): scalar(v) for k, _, v in (item.partition(":") for item in value.strip("{}").split(","))}
        elif not value:
            into[key] = {}
            levels.append((depth, into[key]))
        elif value != ">-":
            into[key] = scalar(value)
    return root


def read_cards(folder):
    return {path.stem: read_card(path) for path in sorted((HERE / "configs" / folder).glob("*.yaml"))}


class Model:
    def __init__(self, card):
        self.name, self.layers, self.hidden = card["name"], card["layers"], card["hidden_size"]
        self.heads, self.kv_heads, self.head_dim = card["heads"], card["kv_heads"], card["head_dim"]
        self.embedding = card["vocabulary"] * self.hidden
        self.embeddings = self.embedding * (1 if card["tied_embeddings"] else 2)
        self.experts, self.visited = card.get("experts", 0), card.get("experts_per_token", 0)
        self.expert_parameters = card.get("expert_parameters", 0)
        self.others = card["parameters"] - self.embeddings - self.experts * self.expert_parameters
        self.latent = card.get("kv_elements_per_layer", 0)
        self.full = card.get("full_attention_layers", self.layers)
        self.window = card.get("window_tokens", 0)
        self.weight_bits = card["weight_bits"]
        self.expert_bits = card.get("expert_bits", self.weight_bits)
        self.kv_bits, self.compute = card["kv_bits"], card.get("compute", "fp16")

    def quantised(self, kind):
        bits, compute = {"fp8": (8, "fp8"), "int8": (8, "int8"), "fp4": (4.5, "fp4"), "int4": (4.16, "fp16")}[kind]
        card = object.__new__(Model)
        card.__dict__.update(self.__dict__, weight_bits=min(self.weight_bits, bits), expert_bits=min(self.expert_bits, bits), compute=compute)
        return card

    def weight_bytes(self):
        return self.embeddings * 2 + self.others * self.weight_bits / 8 + self.experts * self.expert_parameters * self.expert_bits / 8

    def kv_bytes_of_a_layer(self, tp):
        return (self.latent or 2 * math.ceil(self.kv_heads / tp) * self.head_dim) * self.kv_bits / 8

    def kv_bytes_per_token(self, tp):
        return self.full * self.kv_bytes_of_a_layer(tp)


class Gpu:
    """`p`: what is fitted, by short names."""

    def __init__(self, card):
        self.name, self.memory, self.bandwidth = card["name"], card["memory"], card["memory_bandwidth"]
        self.peak = {k: v * 1e12 for k, v in card["peak_tflops"].items()}
        self.link = card["interconnect"]["bandwidth"]
        achieved, overhead = card["achieved"], card["overhead"]
        self.p = {f"compute_{k}": v for k, v in achieved["compute"].items()}
        self.p.update({k: achieved[k] for k in ("bandwidth", "attention_compute", "attention_bandwidth", "communication")})
        self.p.update(latency=card["interconnect"]["latency"], per_iteration=overhead["per_iteration"],
                      per_layer=overhead["per_layer"], per_sequence=overhead["per_sequence"], floor_per_layer=0.0)

    def with_values(self, **values):
        gpu = object.__new__(Gpu)
        gpu.__dict__.update(self.__dict__, p={**self.p, **values})
        return gpu


def linear_s(model, gpu, tp, tokens):
    p = gpu.p
    compute = model.compute if model.compute in gpu.peak else "fp16"
    visited = model.experts * (1 - (1 - model.visited / model.experts) ** tokens) if model.experts else 0
    read = model.others * model.weight_bits / 8 + model.embedding * 2 + visited * model.expert_parameters * model.expert_bits / 8
    memory = read / (tp * gpu.bandwidth * p["bandwidth"])
    met = model.others + model.visited * model.expert_parameters
    arithmetic = tokens * 2 * met / (tp * gpu.peak[compute] * p[f"compute_{compute}"])
    time = math.sqrt(memory * memory + arithmetic * arithmetic) + p["per_iteration"] + model.layers * p["per_layer"]
    if tp > 1:
        time += 2 * model.layers * (p["latency"] + tokens * 2 * (tp - 1) / tp * model.hidden * 2 / (gpu.link * p["communication"]))
    return max(time, model.layers * p["floor_per_layer"])


def per_sequence_s(model, gpu, tp):
    return 2 * model.embedding / (tp * gpu.peak["fp16"] * gpu.p["compute_fp16"]) + gpu.p["per_sequence"]


def decode_s(model, gpu, tp, batch, context):
    """An iteration of `batch` answers whose contexts are `context` tokens together."""
    windows = (model.layers - model.full) * model.window * model.kv_bytes_of_a_layer(tp) * batch
    read = context * model.kv_bytes_per_token(tp) + windows
    return linear_s(model, gpu, tp, batch) + batch * per_sequence_s(model, gpu, tp) + read / (gpu.bandwidth * gpu.p["attention_bandwidth"])


def mixed_s(model, gpu, tp, batch, context, prompts, tokens):
    """The same with `prompts` whole prompts of `tokens` each beside it."""
    time = linear_s(model, gpu, tp, batch + prompts * tokens) + (batch + prompts) * per_sequence_s(model, gpu, tp)
    if batch:
        time += decode_s(model, gpu, tp, batch, context) - linear_s(model, gpu, tp, batch) - batch * per_sequence_s(model, gpu, tp)
    pairs = prompts * tokens * tokens / 2
    return time + pairs * 4 * model.heads * model.head_dim * model.full / (tp * gpu.peak["fp16"] * gpu.p["attention_compute"])


def kv_tokens(model, gpu, tp, memory_share=0.9):
    left = memory_share * gpu.memory - model.weight_bytes() / tp - 8192 * 10 * model.hidden / tp * 2
    return max(0, left / model.kv_bytes_per_token(tp))


def main():
    models, gpus = read_cards("models"), read_cards("gpus")
    for name, kind, gpu, tp in (("llama-3-8b", None, "a100-80gb", 1), ("llama-3.1-70b", "fp8", "h100", 4), ("mixtral-8x7b", None, "a100-80gb", 4),
                                ("gpt-oss-120b", None, "b200", 2), ("deepseek-v3", None, "h200", 8), ("llama-2-13b", "int4", "l4", 1)):
        model, card = Model(models[name]), Gpu(gpus[gpu])
        model = model.quantised(kind) if kind else model
        decode, mixed = decode_s(model, card, tp, 32, 40_000), mixed_s(model, card, tp, 32, 40_000, 2, 700)
        print(f"{name:14} {kind or '-':5} {gpu:10} tp {tp}: decode {decode * 1e3:.6f} ms, mixed {mixed * 1e3:.6f} ms, {kv_tokens(model, card, tp):.0f} tokens")


if __name__ == "__main__":
    main()
