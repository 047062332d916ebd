#!/usr/bin/env python3
"""Makes a joint token table (schema token-table/v1) from a recorded trace.

    scripts/make_token_table.py AzureLLMInferenceTrace_conv.csv > configs/tokens/azure-conversation-2023.yaml

Sorts the rows by prompt length, cuts them into strata of equal weight, and keeps of each stratum the means of equal
cells of its prompts and of its answers. A row on the border between two cells counts in both, each in part, so that
the mean of the table is the mean of the trace but for the rounding to whole tokens.
"""
import csv
import sys
from fractions import Fraction

STRATA, INPUT_CELLS, OUTPUT_CELLS = 64, 8, 32


def cell_means(weighted, cells):
    """Means of `cells` cells of equal weight of [(value, weight), …], by rising value."""
    weighted = sorted(weighted)
    size = sum(weight for _, weight in weighted) / cells
    means, i, left = [], 0, weighted[0][1]
    for _ in range(cells):
        need, total = size, Fraction(0)
        while need > 0:
            part = min(need, left)
            total += part * weighted[i][0]
            need -= part
            left -= part
            if left == 0 and i + 1 < len(weighted):
                i += 1
                left = weighted[i][1]
        means.append(total / size)
    return means


def strata_of(rows):
    """Cuts rows, sorted by prompt, into STRATA lists of ((input, output), weight)."""
    size = Fraction(len(rows), STRATA)
    strata = [[] for _ in range(STRATA)]
    for i, row in enumerate(rows):
        at = Fraction(i)
        while at < i + 1:
            stratum = int(at / size)
            end = min(Fraction(i + 1), (stratum + 1) * size)
            strata[stratum].append((row, end - at))
            at = end
    return strata


def whole(values):
    """Rounds so that the rounding errors do not add up: each is carried to the next."""
    rounded, carry = [], Fraction(0)
    for value in values:
        carry += value
        rounded.append(int(carry + Fraction(1, 2)) if carry > 0 else 0)
        carry -= rounded[-1]
    return sorted(rounded)


def main():
    with open(sys.argv[1], newline="") as file:
        rows = sorted((int(row["ContextTokens"]), int(row["GeneratedTokens"])) for row in csv.DictReader(file))
    print(f"""\
# How long are the prompts and the answers of a conversational assistant, and how do they go together?
schema: token-table/v1
origin: "Azure LLM inference trace 2023, conversation (Azure/AzurePublicDataset, AzureLLMInferenceTrace_conv.csv)"
date: "2023-11-16"
licence: CC-BY-4.0
citation: "P. Patel et al., Splitwise: Efficient Generative LLM Inference Using Phase Splitting, ISCA 2024"
# Changed from the original: condensed by scripts/make_token_table.py.
method: "{len(rows):,} requests in {STRATA} strata of the prompt, all equally likely; of each, the means of {INPUT_CELLS} equal \
cells of the prompt and of {OUTPUT_CELLS} equal cells of the answer, in whole tokens"
strata:""")
    for stratum in strata_of(rows):
        inputs = whole(cell_means([(row[0], weight) for row, weight in stratum], INPUT_CELLS))
        outputs = whole(cell_means([(row[1], weight) for row, weight in stratum], OUTPUT_CELLS))
        print(f"  - {{input: [{','.join(map(str, inputs))}], output: [{','.join(map(str, outputs))}]}}")


if __name__ == "__main__":
    main()
