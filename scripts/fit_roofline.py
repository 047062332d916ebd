#!/usr/bin/env python3
"""Fits the shares and overheads of configs/gpus/*.yaml to published measurements, and says how far from others they are.

    scripts/fit_roofline.py DATA_FOLDER --fit               fits, and prints what was found beside what the cards say
    scripts/fit_roofline.py DATA_FOLDER                     the error table of the cards as they are, in a steady state
    scripts/fit_roofline.py DATA_FOLDER --engine PROGRAM    the table of docs/fidelity.md: PROGRAM is bench/fidelity.cpp,
                                                            which runs the simulator's own engine for each row

DATA_FOLDER holds `serving/` with the files named below. Plain Python 3, no packages; minutes.

What is fitted, and what is held out, follows one rule: on a GPU one model is fitted, all others are held out (FITS).
Measurements that were made with N users in a closed loop are compared with a steady state (`closed`): everybody's
prompts delay everybody's answers evenly. It knows no clumps and no queue for memory, so rows that queued are left out.
"""
import collections
import csv
import gzip
import json
import math
import pathlib
import statistics
import subprocess
import sys

from roofline import Gpu, Model, decode_s, kv_tokens, mixed_s, read_cards

# What engines of 2023 add beside a card (TGI of LLM-Pilot, vLLM of Splitwise): kernels launched one by one, no layer faster
# than floor_per_layer. Fitted as any other (FITS).
EARLY = {"floor_per_layer": 0.51e-3}

# GPU: (rows that are fitted, what is free)
HOST = ["per_layer", "per_sequence"]
FITS = {
    "h100": (lambda r: r.source == "aiconfigurator" and r.model == "qwen-3-32b" and (r.engine, r.precision) in (("vllm", "16 bits"), ("trtllm", "fp8")),
             ["compute_fp16", "compute_fp8", "bandwidth", "attention_compute", "attention_bandwidth", "communication", "latency"] + HOST),
    "b200": (lambda r: r.source == "aiconfigurator" and r.model == "llama-3.1-70b",
             ["compute_fp8", "compute_fp4", "bandwidth", "attention_compute", "attention_bandwidth", "communication", "latency"] + HOST),
    "a100-80gb": (lambda r: r.source == "splitwise" and r.model == "llama-2-70b" and r.kind == "prompt" and 512 <= r.tokens_in <= 2048,
                  ["compute_fp16", "communication"]),
    "a100-40gb": (lambda r: r.source == "argonne" and r.model == "llama-3-8b" and r.engine == "vllm" and r.tp == 1,
                  ["bandwidth", "attention_bandwidth"] + HOST),  # compute as a100-80gb, the rest as h100
    "early": (lambda r: r.source == "llm-pilot" and r.model == "llama-2-7b" and r.gpu == "a100-40gb", list(EARLY)),
    "t4": (lambda r: r.source == "llm-pilot" and r.model == "llama-2-7b", ["compute_fp16", "bandwidth", "communication"]),
    "a10": (lambda r: r.source == "llm-pilot" and r.model == "llama-2-7b", ["bandwidth", "communication"]),  # compute as a10g
    # There is one model on this GPU only: what few users met is fitted, what many met is held out.
    "a10g": (lambda r: r.source == "tgi" and r.users <= 4, ["compute_fp16", "bandwidth"]),
}
# No kernel does better than these, and no engine of today worse by the sequence: they bound the fit.
MOST = {"bandwidth": 0.92, "attention_bandwidth": 0.92, "compute_fp16": 0.8, "compute_fp8": 0.8, "compute_fp4": 0.8, "attention_compute": 0.6,
        "communication": 0.8, "latency": 50e-6, "per_sequence": 65e-6}
LEAST = {"latency": 2e-6, "per_sequence": 5e-6, "communication": 0.02}

CARDS = {name: Gpu(card) for name, card in read_cards("gpus").items()}
BASE = {name: Model(card) for name, card in read_cards("models").items()}
# Lengths are drawn evenly from (1 - spread) to (1 + spread) of the mean.
Row = collections.namedtuple("Row", "source gpu model precision engine tp kind tokens_in tokens_out spread users measured card")


def aiconfigurator(data, models):
    names = {"meta-llama/Llama-3.1-8B-Instruct": "llama-3.1-8b", "meta-llama/Llama-3.1-70B": "llama-3.1-70b", "Qwen/Qwen3-32B": "qwen-3-32b",
             "openai/gpt-oss-120b": "gpt-oss-120b", "Qwen/Qwen3-235B-A22B-FP8": "qwen-3-235b-a22b",
             "deepseek-ai/DeepSeek-R1": "deepseek-v3", "deepseek-ai/DeepSeek-V3": "deepseek-v3"}
    seen = set()
    with gzip.open(data / "serving/silicon_ttft_tpot_h100_b200_gb200.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            name, tp = names.get(row["model_path"]), int(row["tp_size"] or 0)
            # Disaggregated prefill is another engine; data-parallel attention and several nodes are another layout.
            if row["mode"] != "agg" or not name or int(row["attention_dp_size"] or 1) > 1 or tp > 8:
                continue
            if "gtl_" in row["silicon_data_source"]:  # deployments of several engines behind one router
                continue
            precision = row["precision"] or "16 bits"
            model = Model(models[name])
            if precision in ("fp8", "fp4") and name != "gpt-oss-120b":  # which comes in MXFP4 and is not quantised again
                model = model.quantised(precision)
            # InferenceMAX (files by date) draws lengths evenly from 0.8 to 1 of the nominal ones; the others are constant.
            length = 1.0 if row["silicon_data_source"].startswith("source_file=data/") else 0.9
            ttft, tpot = float(row["silicon_ttft_ms"]) / 1e3, float(row["silicon_tpot_ms"]) / 1e3
            key = (name, row["system"], precision, row["backend"], tp, row["isl"], row["osl"], row["batch_size"], ttft, tpot)
            if key in seen or ttft > 0.3 * tpot * int(row["osl"]):  # the latter waited for memory or for a place in the batch
                continue
            seen.add(key)
            measured = {"per token": tpot}
            # TensorRT-LLM 1.0.0rc3 counts its warm-up: its first token takes longer when the answers are longer.
            if not row["backend_version"].startswith("1.0.0rc3"):
                measured["first token"] = ttft
            yield Row("aiconfigurator", row["system"].replace("_sxm", ""), name, precision, row["backend"], tp, "closed", length * int(row["isl"]),
                      length * int(row["osl"]), 1 / length - 1, int(row["batch_size"]), measured, model)


def splitwise(data, models):
    groups = collections.defaultdict(list)
    with open(data / "serving/splitwise_perf_model.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["hardware"] in ("a100-80gb", "h100-80gb"):  # power-capped rows are left out
                key = [row["model"], row["hardware"]] + [int(row[k]) for k in ("tensor_parallel", "prompt_size", "batch_size", "token_size")]
                groups[tuple(key)].append((float(row["prompt_time"]) / 1e3, float(row["token_time"]) / 1e3))
    for (model, gpu, tp, tokens_in, users, tokens_out), times in groups.items():
        name = {"llama2-70b": "llama-2-70b", "bloom-176b": "bloom-176b"}[model]
        common = ("splitwise", gpu.replace("h100-80gb", "h100"), name, "16 bits", "early")
        prompt, token = (statistics.median(t[i] for t in times) for i in (0, 1))
        if users == 1:  # with more, the prompts were read in several iterations
            yield Row(*common, tp, "prompt", tokens_in, tokens_out, 0, 1, {"prompt": prompt}, Model(models[name]))
        yield Row(*common, tp, "token", tokens_in, tokens_out, 0, users, {"per token": token}, Model(models[name]))


def llm_pilot(data, models):
    names, gpus = {"llama-7b": "llama-2-7b", "bigcode__starcoder": "starcoder"}, {"A100": "a100-40gb", "H100": "h100", "A10": "a10", "T4": "t4"}
    with open(data / "serving/llmpilot_closed_loop_users_shared.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["model"] in names and row["gpu_type"] in gpus and row["requests_failed"] == "0":
                measured = {"first token": float(row["ttft_p50_ms"]) / 1e3, "per token": float(row["itl_mean_ms"]) / 1e3,
                            "throughput": float(row["out_tok_per_s"])}
                yield Row("llm-pilot", gpus[row["gpu_type"]], names[row["model"]], "16 bits", "early", int(row["n_gpus"]), "closed",
                          float(row["in_tokens_mean"]), float(row["out_tokens_mean"]), 1, int(row["num_users"]), measured, Model(models[names[row["model"]]]))


def text_generation_inference(data, models):
    with open(data / "serving/tgi_2.0.1_Meta-Llama-3-8B-Instruct_tp1_results.json", encoding="utf-8") as file:
        for users, row in json.load(file).items():
            n = row["results_number_output_tokens_mean"]
            first = row["results_ttft_s_mean"]
            whole = row["results_end_to_end_latency_s_mean"]
            measured = {"first token": first, "per token": (whole - first) / (n - 1), "throughput": int(users) * n / whole}
            # One 24 GB GPU of unstated type: at 27.7 ms a token it can only be an A10G.
            yield Row("tgi", "a10g", "llama-3-8b", "16 bits", "tgi 2.0.1", 1, "closed", row["results_number_input_tokens_mean"], n, 0.05, int(users), measured,
                      Model(models["llama-3-8b"]))


def argonne(data, models):
    names = {"meta-llama/Meta-Llama-3-8B": "llama-3-8b", "meta-llama/Meta-Llama-3-70B": "llama-3-70b", "meta-llama/Llama-2-7b-hf": "llama-2-7b",
             "meta-llama/Llama-2-70b-hf": "llama-2-70b", "mistralai/Mistral-7B-v0.1": "mistral-7b", "mistralai/Mixtral-8x7B-v0.1": "mixtral-8x7b",
             "Qwen/Qwen2-7B": "qwen-2.5-7b", "Qwen/Qwen2-72B": "qwen-2.5-72b"}
    gpus = {"Nvidia A100 GPU": "a100-40gb", "Nvidia H100 GPU": "h100", "AMD MI300X GPU": "mi300x"}
    groups = collections.defaultdict(list)
    with gzip.open(data / "serving/argonne_llm_inference_bench_all.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["Hardware"] in gpus and row["Model"] in names and row["Framework"] in ("vLLM", "TensorRT-LLM") and row["Latency"]:
                key = (gpus[row["Hardware"]], names[row["Model"]], row["Framework"].replace("TensorRT-LLM", "trtllm").lower())
                groups[key + tuple(int(float(row[k])) for k in ("Num of Hardware", "Input Output Length", "Batch Size"))].append(float(row["Latency"]))
    for (gpu, name, engine, tp, tokens, users), times in groups.items():
        # Rows too quick for any engine: a batch ended before its weights can have been read once a token.
        model = Model(models[name])
        read_s = tokens * 2 * (model.others + model.visited * model.expert_parameters) / (tp * CARDS[gpu].bandwidth)
        if statistics.median(times) < read_s:
            continue
        yield Row("argonne", gpu, name, "16 bits", engine, tp, "static", tokens, tokens, 0, users, {"whole batch": statistics.median(times)}, model)


def sglang(data, models):
    """All requests at once, lengths drawn evenly from 1 to the nominal ones."""
    with open(data / "serving/sglang_h200_llama_3_3_70b_offline.jsonl", encoding="utf-8") as file:
        for row in map(json.loads, file):
            yield Row("sglang", "h200", "llama-3.1-70b", "16 bits", "sglang", 4, "offline", row["random_input_len"] / 2, row["random_output_len"] / 2, 1,
                      row["completed"], {"throughput": row["output_throughput"]}, Model(models["llama-3.1-70b"]))


def closed(model, gpu, tp, tokens_in, tokens_out, users, early):
    """N users without think time, in a steady state. Engines of 2023 read prompts alone, the others beside answers."""
    batch = users
    for _ in range(12):
        context = batch * (tokens_in + tokens_out / 2)
        decode = decode_s(model, gpu, tp, batch, context)
        alone = mixed_s(model, gpu, tp, 0, 0, 1, tokens_in)
        prompt = alone if early else mixed_s(model, gpu, tp, batch, context, 1, tokens_in)
        delay = alone if early else prompt - decode  # what a prompt costs everybody else
        if batch == users:
            per_token, first = decode, prompt
        whole = first + (tokens_out - 1) * per_token
        busy = min(0.95, (users - 1) * delay / whole)
        first = decode / 2 + prompt + min((users - 1) / 2, busy / (2 * (1 - busy))) * delay
        per_token = decode + (users - 1) * delay * per_token / whole
        batch = max(1, users * (tokens_out - 1) * per_token / (first + (tokens_out - 1) * per_token))
    return {"first token": first, "per token": per_token, "throughput": users * tokens_out / (first + (tokens_out - 1) * per_token)}


def static(model, gpu, tp, tokens_in, tokens_out, users):
    """All prompts at once, 8192 tokens an iteration, then all answers in step."""
    at_once = max(1, 8192 // tokens_in)
    prompts = sum(mixed_s(model, gpu, tp, 0, 0, min(at_once, users - done), tokens_in) for done in range(0, users, at_once))
    first, last = (decode_s(model, gpu, tp, users, users * k) for k in (tokens_in + 1, tokens_in + tokens_out - 1))
    return prompts + (tokens_out - 1) * (first + last) / 2


def predict(row, gpu):
    if row.kind == "prompt":
        return {"prompt": mixed_s(row.card, gpu, row.tp, 0, 0, 1, row.tokens_in)}
    if row.kind == "token":
        return {"per token": decode_s(row.card, gpu, row.tp, row.users, row.users * (row.tokens_in + row.tokens_out / 2))}
    if row.kind == "static":
        return {"whole batch": static(row.card, gpu, row.tp, row.tokens_in, row.tokens_out, row.users)}
    if row.kind == "offline":
        return {}  # all of it is a queue for memory
    return closed(row.card, gpu, row.tp, row.tokens_in, row.tokens_out, row.users, row.engine in ("early", "tgi 2.0.1"))


def least(function, start, steps=350):
    """Nelder and Mead, Computer Journal 1965."""
    n = len(start)
    points = [(function(x), x) for x in [start] + [[v + (0.25 if i == j else 0) for j, v in enumerate(start)] for i in range(n)]]

    def at(centre, worst, factor):
        x = [c + factor * (c - w) for c, w in zip(centre, worst)]
        return function(x), x

    for _ in range(steps):
        points.sort(key=lambda p: p[0])
        centre = [sum(p[1][j] for p in points[:-1]) / n for j in range(n)]
        trial = at(centre, points[-1][1], 1)
        if trial[0] < points[0][0]:
            trial = min(trial, at(centre, points[-1][1], 2), key=lambda p: p[0])
        elif trial[0] >= points[-2][0]:
            trial = at(centre, points[-1][1], -0.5)
        if trial[0] < points[-1][0]:
            points[-1] = trial
        else:
            best = points[0][1]
            points = [points[0]] + [(function(x), x) for x in [[(a + b) / 2 for a, b in zip(p[1], best)] for p in points[1:]]]
    return min(points, key=lambda p: p[0])[1]


def fit(rows, gpus, free, early):
    def values(x):
        return {k: min(MOST.get(k, 1), max(LEAST.get(k, 0), math.exp(v))) for k, v in zip(free, x)}

    def loss(x):
        found, errors = values(x), []
        for row in rows:
            gpu = with_engine(row, gpus[row.gpu], early).with_values(**found)
            predicted = predict(row, gpu)
            errors += [abs(math.log(predicted[m] / row.measured[m])) for m in row.measured if is_fitted(row, m)]
        outside = sum(max(0, math.exp(v) / MOST.get(k, 1) - 1) + max(0, 1 - math.exp(v) / LEAST.get(k, 1e-9)) for k, v in zip(free, x))
        return statistics.mean(errors) + outside

    start = [math.log({**gpus[rows[0].gpu].p, **(early if free == list(EARLY) else {})}[k]) for k in free]
    for _ in range(3):
        start = least(loss, start)
    return values(start), loss(start)


def with_engine(row, gpu, early):
    return gpu.with_values(**early) if row.engine == "early" else gpu


def is_fitted(row, metric):
    if metric == "throughput" or (metric == "first token" and row.source != "tgi"):
        return False
    keys = [row.gpu, "early"] + (["a100-40gb"] if row.gpu == "a100-80gb" else [])
    return any(key in FITS and FITS[key][0](row) for key in keys)


def engine_line(row):
    """A row as bench/fidelity.cpp reads it. No file tells the token budget: 4096 is TGI's default, 2048 vLLM's, 8192 that of
    the others and what InferenceMAX sets for vLLM."""
    if row.engine in ("early", "tgi 2.0.1"):
        budget = 4096
    else:
        budget = 2048 if row.source == "aiconfigurator" and row.engine == "vllm" and row.spread == 0 else 8192
    base = BASE[row.model]
    changed = (row.card.weight_bits, row.card.expert_bits) != (base.weight_bits, base.expert_bits)
    prefill_first = row.engine in ("early", "tgi 2.0.1", "sglang")
    floor_us = EARLY["floor_per_layer"] * 1e6 if row.engine == "early" else "-"
    lengths = [max(1, round(mean * (1 + sign * row.spread))) for mean in (row.tokens_in, row.tokens_out) for sign in (-1, 1)]
    shape = {"llm-pilot": "closed"}.get(row.source, "burst") if row.kind == "closed" else "static"
    return " ".join(map(str, [row.model, row.gpu, row.precision if changed else "-", row.tp, "prefill_first" if prefill_first else "chunked", budget,
                              floor_us, "-", shape, row.users, *lengths]))


def run_engine(program, rows):
    """The engine's answer to each row that is more than one iteration."""
    rows = [row for row in rows if row.kind in ("closed", "static", "offline")]
    done = subprocess.run([program], input="\n".join(map(engine_line, rows)), capture_output=True, text=True, check=True)
    for row, line in zip(rows, done.stdout.splitlines()):
        first, per_token, throughput, last = map(float, line.split())
        yield id(row), {"first token": first, "per token": per_token, "throughput": throughput, "whole batch": last}


def table(rows, gpus, simulated):
    errors = collections.defaultdict(list)
    for row in rows:
        predicted = simulated.get(id(row)) or predict(row, with_engine(row, gpus[row.gpu], EARLY))
        for metric, measured in row.measured.items():
            if metric not in predicted:
                continue
            held = "fitted" if is_fitted(row, metric) else "held out"
            engine = row.engine if row.precision == "16 bits" else f"{row.engine}, {row.precision}"
            errors[(row.source, row.gpu, row.model, engine, metric, held)].append(predicted[metric] / measured - 1)
    print_table(("source", "GPU", "what", ""), {key[:2] + key[4:]: [v for k, values in errors.items() if k[:2] + k[4:] == key[:2] + key[4:] for v in values]
                                                for key in errors})
    print()
    print_table(("source", "GPU", "model", "engine", "what", ""), errors)


def print_table(columns, errors):
    columns += ("rows", "median", "p90", "bias")
    print(f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}")
    for key, values in sorted(errors.items()):
        size = sorted(abs(v) for v in values)
        print(f"| {' | '.join(key)} | {len(values)} | {100 * statistics.median(size):.1f} % | "
              f"{100 * size[min(len(size) - 1, int(0.9 * len(size)))]:.0f} % | {100 * statistics.median(values):+.0f} % |")


def main():
    options = sys.argv[2:]
    if len(sys.argv) < 2 or not (options in ([], ["--fit"]) or (len(options) == 2 and options[0] == "--engine")):
        sys.exit(__doc__)
    data = pathlib.Path(sys.argv[1])
    models = read_cards("models")
    gpus = CARDS
    rows = [row for read in (aiconfigurator, splitwise, llm_pilot, text_generation_inference, sglang, argonne) for row in read(data, models)]
    # More than fits at once: they waited for memory.
    rows = [row for row in rows if row.kind == "offline" or row.users * (row.tokens_in + row.tokens_out) <= kv_tokens(row.card, gpus[row.gpu], row.tp)]
    if options == ["--fit"]:
        for name, (chosen, free) in FITS.items():
            fitted = [row for row in rows if (row.gpu == name or name == "early") and chosen(row)]
            found, error = fit(fitted, gpus, free, EARLY)
            now = {**gpus[fitted[0].gpu].p, **(EARLY if name == "early" else {})}
            print(f"{name}: {len(fitted)} rows, mean |ln error| {error:.3f}")
            for key, value in found.items():
                print(f"  {key:20} {value:.4g}   (card: {now[key]:.4g})")
    else:
        table(rows, gpus, dict(run_engine(options[1], rows)) if options else {})


if __name__ == "__main__":
    main()
