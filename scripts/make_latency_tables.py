#!/usr/bin/env python3
"""Makes configs/latency/*.yaml, the measured service times that scenarios name.

    scripts/make_latency_tables.py DATA_FOLDER [configs/latency]

DATA_FOLDER holds `serving/` and `traces/` with the published measurements named in each table's header. A table
is a quantile function of about 40 points; between two points a simulation interpolates linearly. The script fails when
a table made from single requests has a mean that is more than 0.5 % from theirs. Plain Python 3, no packages.
"""
import csv
import gzip
import json
import pathlib
import sys

# Always there, so that what an SLO asks is exact; the other points go where the curve bends.
ALWAYS = [0, .01, .05, .1, .25, .5, .75, .9, .95, .99, .995, .999, 1]
MOST_POINTS = 42
MEAN_TOLERANCE = 0.005


class Quantiles:
    """The quantile function of weighted values: straight lines between order statistics, each placed at the middle of its
    weight, and flat for half a weight at both ends. So its mean is the mean of the values, exactly."""

    def __init__(self, values, weights=None):
        pairs = sorted(zip(values, weights or [1.0] * len(values)))
        total = sum(weight for _, weight in pairs)
        self.values = [value for value, _ in pairs]
        self.mean = sum(value * weight for value, weight in pairs) / total
        self.at, so_far = [], 0.0
        for _, weight in pairs:
            self.at.append((so_far + weight / 2) / total)
            so_far += weight

    def __call__(self, p):
        low, high = 0, len(self.at) - 1
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.at[middle] <= p else (low, middle)
        width = self.at[high] - self.at[low]
        share = 0.0 if width <= 0 else min(1.0, max(0.0, (p - self.at[low]) / width))
        return self.values[low] + share * (self.values[high] - self.values[low])


def mean_of_table(points):
    return sum((p1 - p0) * (v0 + v1) / 2 for (p0, v0), (p1, v1) in zip(points, points[1:]))


def table_points(quantiles, digits):
    """The points that are always there, then one more at a time: in the stretch where the straight line is wrong by the
    largest area, at the place where it is furthest from the truth."""
    fine = 10_000
    truth = [quantiles(i / fine) for i in range(fine + 1)]

    def worst(first, last):
        def line(i):
            return truth[first] + (truth[last] - truth[first]) * (i - first) / (last - first)
        gaps = [(abs(truth[i] - line(i)), i) for i in range(first + 1, last)]
        return (sum(gap for gap, _ in gaps), max(gaps)[1]) if gaps else (0.0, first)

    stretches = {}
    grid = [round(p * fine) for p in ALWAYS]
    while len(grid) < MOST_POINTS:
        for pair in zip(grid, grid[1:]):
            if pair not in stretches:
                stretches[pair] = worst(*pair)
        area, place = max(stretches[pair] for pair in zip(grid, grid[1:]))
        if area == 0.0:
            break
        grid = sorted(grid + [place])
    return [(i / fine, round(truth[i], digits)) for i in grid]


def solve_one_point(points, mean, digits):
    """Published percentiles leave wide stretches open. One more point, as near to a straight line as can be, is chosen so
    that the table has the published mean; None when no single point does that."""
    missing = mean - mean_of_table(points)
    found = []
    for (p0, v0), (p1, v1) in zip(points, points[1:]):
        for share in (.5, .2, .8, .1, .9, .05, .95, .02, .98):
            line = v0 + share * (v1 - v0)
            value = line + 2 * missing / (p1 - p0)
            if v0 <= value <= v1:
                found.append((abs(value - line) / (v1 - v0), round(p0 + share * (p1 - p0), 4), round(value, digits)))
    return sorted(points + [min(found)[1:]]) if found else None


def text_lines(text, width=116):
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return lines + [line]


class Writer:
    def __init__(self, folder):
        self.folder = folder
        self.report = []

    def write(self, name, question, measures, source, method, points, count, mean, assumption=None):
        found = mean_of_table(points)
        error = found / mean - 1
        self.report.append((name, len(points), count, mean, error))
        if abs(error) > MEAN_TOLERANCE:
            sys.exit(f"{name}: the table's mean {found:.4f} is {100 * error:+.2f} % from {mean:.4f}, expected at most {100 * MEAN_TOLERANCE} %")
        assert all(a[0] < b[0] and a[1] <= b[1] for a, b in zip(points, points[1:])), name
        out = [f"# {line}" for line in text_lines(question)]
        out.append("# Made by scripts/make_latency_tables.py; [share of requests, milliseconds] with straight lines between the points.")
        out += ["schema: latency-table/v1", f"measures: {measures}", "unit: ms"]
        out += [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in source.items()]
        for key, text in (("method", method), ("assumption", assumption)):
            if text:
                out.append(f"{key}: >-")
                out += [f"  {line}" for line in text_lines(text)]
        out += [f"count: {count}", f"mean: {mean:.6g}", "quantiles:"]
        pairs = [f"[{p:g}, {value:.10g}]" for p, value in points]
        rows = [", ".join(pairs[i:i + 7]) for i in range(0, len(pairs), 7)]
        out.append("  [" + ",\n   ".join(rows) + "]")
        (self.folder / f"{name}.yaml").write_text("\n".join(out) + "\n", encoding="utf-8")


def one_decimal_more(measures):
    return 3 if measures == "per_output_token" else 2


def write_sample(writer, name, question, measures, source, method, values, weights=None, assumption=None):
    quantiles = Quantiles(values, weights)
    writer.write(name, question, measures, source, method, table_points(quantiles, one_decimal_more(measures)), len(values),
                 quantiles.mean, assumption)


def managed_apis(data, writer):
    with open(data / "serving/llmperf_api_latency_2023-12-19_shared.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    source = {
        "origin": "ray-project/llmperf-leaderboard, one row a request",
        "repository": "https://github.com/ray-project/llmperf-leaderboard",
        "path": "raw_data/individual/*.json",
        "commit": "27aa9b6a6c42",
        "date": "2023-12-19",
        "licence": "Apache-2.0",
    }
    for provider in ("anyscale", "together", "bedrock"):
        asked = [row for row in rows if (row["provider"], row["model_size"]) == (provider, "70b")]
        answered = [row for row in asked if not row["error_code"]]
        common = (f"Llama-2-70B-chat at {provider}; 5 requests at a time from us-west-2, 550 tokens in and about 150 out. Of {len(asked)} "
                  f"requests {len(answered)} were answered; the {len(asked) - len(answered)} error rows (rate limits) are left out, so this "
                  "is the latency of what was answered, not the availability of the provider.")
        first_ms = [1e3 * float(row["ttft_s"]) for row in answered]
        write_sample(writer, f"{provider}-llama-2-70b-time-to-first-token", f"How long did the first token of a managed 70B API take? ({provider}, 2023)",
                     "time_to_first_token", source, common, first_ms)
        gaps = [float(row["output_tokens"]) - 1 for row in answered]
        pace_ms = [1e3 * (float(row["end_to_end_latency_s"]) - float(row["ttft_s"])) / gap for row, gap in zip(answered, gaps)]
        write_sample(writer, f"{provider}-llama-2-70b-per-output-token", f"How fast did the tokens of a managed 70B API follow one another? ({provider}, 2023)",
                     "per_output_token", source,
                     common + " Per request (whole answer - first token) / (output tokens - 1), weighted by its tokens. The file's own "
                     "inter_token_latency is not used: it is the whole answer over all tokens, so it holds the first token's wait.",
                     pace_ms, gaps)


def self_hosted_llama(data, writer):
    with gzip.open(data / "serving/llmpilot_requests_llama-7b_1xA100.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    source = {
        "origin": "IBM/LLM-performance-prediction (LLM-Pilot), one row a request",
        "repository": "https://github.com/IBM/LLM-performance-prediction",
        "path": "preprocess_data/performance_characterization_data_raw/results_*.csv",
        "commit": "3c66483f55d7",
        "date": "2023-10-17",
        "licence": "CDLA-Permissive-2.0 (LICENSE-DATA.md)",
    }
    for users in (8, 16, 32):
        every = [row for row in rows if int(row["num_users"]) == users]
        good = [row for row in every if row["status"] == "200"]
        tokens_in = sum(float(row["n_input_tokens"]) for row in good) / len(good)
        tokens_out = sum(float(row["n_output_tokens"]) for row in good) / len(good)
        common = (f"llama-7b in 16 bits on one A100-40GB, TGI; {users} closed-loop users without think time for 120 s; {len(every)} requests, "
                  f"all answered with status 200; on average {tokens_in:.0f} tokens in and {tokens_out:.0f} out. No warm-up is dropped: the first 10 s "
                  "do not differ from the rest beyond the spread of request sizes.")
        name = f"llmpilot-llama-7b-a100-{users}-users"
        long_prompts = ("Prompts here are short; a prompt of a thousand tokens takes longer to its first token and delays the other "
                        "slots, so this table is too fast for such traffic.")
        write_sample(writer, name, f"How long does a whole answer take when {users} users share one A100? (llama-7b)", "latency", source,
                     common + " latency_ms as recorded.", [float(row["latency_ms"]) for row in good])
        write_sample(writer, f"{name}-time-to-first-token", f"How long does the first token take when {users} users share one A100? (llama-7b)",
                     "time_to_first_token", source,
                     common + " ack_ms + ttft_ms: the authors' first-token time starts at the stream's acknowledgement, a user's does not.",
                     [float(row["ack_ms"]) + float(row["ttft_ms"]) for row in good], assumption=long_prompts)
        paced = [row for row in good if row["itl_mean_ms"]]
        write_sample(writer, f"{name}-per-output-token", f"How fast do tokens follow one another when {users} users share one A100? (llama-7b)",
                     "per_output_token", source,
                     common + f" (latency_ms - ack_ms - ttft_ms) / (output tokens - 1) of each of the {len(paced)} requests with a recorded gap, weighted "
                     "by its tokens.",
                     [(float(row["latency_ms"]) - float(row["ack_ms"]) - float(row["ttft_ms"])) / (float(row["n_output_tokens"]) - 1)
                      for row in paced],
                     [float(row["n_output_tokens"]) - 1 for row in paced], assumption=long_prompts)



def write_published(writer, name, question, measures, source, method, points, count, mean, assumption=None):
    digits = one_decimal_more(measures)
    points = [(p, round(v, digits)) for p, v in points]
    solved = solve_one_point(points, mean, digits)
    if not solved:
        sys.exit(f"{name}: no single point gives the table its published mean")
    place = next(p for p, v in solved if (p, v) not in points)
    note = (f" Made from published percentiles, not from single requests; the point at {100 * place:g} % is none of them: it is solved so that "
            "the table has the published mean.")
    writer.write(name, question, measures, source, method + note, solved, count, mean, assumption)


def text_generation_inference(data, writer):
    with open(data / "serving/tgi_2.0.1_Meta-Llama-3-8B-Instruct_tp1_results.json", encoding="utf-8") as file:
        results = json.load(file)
    source = {
        "origin": "philschmid/llmperf-bench, Text Generation Inference 2.0.1, Meta-Llama-3-8B-Instruct, one GPU",
        "repository": "https://github.com/philschmid/llmperf-bench",
        "path": "results/2.0.1/",
        "commit": "e099ae4614c4",
        "date": "2024-04-25",
        "licence": "MIT",
    }
    # 8.03e9 weights of two bytes read once a token at 600 GB/s (A10G) take 26.8 ms, at 300 GB/s (L4) 53.5 ms, at 936 GB/s (RTX 3090) 17.2 ms.
    hardware = ("The file says 24 GB and one GPU, not which. The quickest request that had the GPU for itself took 27.7 ms a token: just above what an A10G can do (16.06 GB of "
                "weights / 600 GB/s = 26.8 ms), far less than an L4 needs (53.5 ms), so an A10G (aws/g5.xlarge) is assumed.")
    levels = (("min", 0), ("quantiles_p25", .25), ("quantiles_p50", .5), ("quantiles_p75", .75), ("quantiles_p90", .9),
              ("quantiles_p95", .95), ("quantiles_p99", .99), ("max", 1))
    for users in (4, 8, 16):
        result = results[str(users)]
        count = result["results_num_completed_requests"]
        n = result["results_number_output_tokens_mean"]
        first_mean_ms = 1e3 * result["results_ttft_s_mean"]

        def published(quantity):
            return [(p, 1e3 * result[f"results_{quantity}_{key}"]) for key, p in levels]

        common = (f"Meta-Llama-3-8B-Instruct on one 24 GB GPU, {users} requests at a time, on average "
                  f"{result['results_number_input_tokens_mean']:.0f} tokens in and {n:.0f} out (measured; the file's headline says 750 and 150).")
        name = f"tgi-llama-3-8b-24gb-gpu-{users}-users"
        write_published(writer, name, f"How long does a whole answer of 175 tokens take when {users} users share a 24 GB GPU? (Llama-3-8B)", "latency",
                        source, common, published("end_to_end_latency_s"), count, 1e3 * result["results_end_to_end_latency_s_mean"], hardware)
        write_published(writer, f"{name}-time-to-first-token", f"How long does the first token take when {users} users share a 24 GB GPU? (Llama-3-8B)",
                        "time_to_first_token", source, common, published("ttft_s"), count, first_mean_ms, hardware)
        # The recorded inter-token latency is (whole answer) / n; the mean first token is taken out again.
        pace = [(p, (v * n - first_mean_ms) / (n - 1)) for p, v in published("inter_token_latency_s")]
        pace_mean = (1e3 * result["results_inter_token_latency_s_mean"] * n - first_mean_ms) / (n - 1)
        write_published(writer, f"{name}-per-output-token", f"How fast do tokens follow one another when {users} users share a 24 GB GPU? (Llama-3-8B)",
                        "per_output_token", source, common + f" (recorded inter-token latency x {n:.2f} - mean first token) / {n - 1:.2f}: the "
                        "recorded one divides the whole answer by all tokens, so it holds the first token's wait.", pace, count, pace_mean, hardware)


def mlperf_server(data, writer):
    with open(data / "serving/mlperf_v5.1_llama2-70b-99_server_latency.csv", encoding="utf-8") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    for result_id, short in (("5.1-0025", "8x-h200"), ("5.1-0015", "16x-h100")):
        row = rows[result_id]
        source = {
            "origin": f"MLPerf Inference v5.1 closed datacenter, llama2-70b-99 Server, result {result_id} ({row['submitter']}, {row['system']})",
            "repository": "https://github.com/mlcommons/inference_results_v5.1",
            "path": "closed/*/results/*/llama2-70b-99/Server/performance/run_1/mlperf_log_summary.txt",
            "commit": "965182b03376",
            "date": "2025-09-09",
            "licence": "no licence file in that repository; figures quoted under the MLCommons results-usage policy",
        }
        in_flight = float(row["completed_samples_per_s"]) * float(row["latency_mean_ms"]) / 1e3
        common = (f"{row['n_nodes']} node(s) of {row['accelerators_per_node']} {row['accelerator']}, {row['framework']}; open loop, Poisson, "
                  f"{row['completed_samples_per_s']} answers/s of {row['tokens_per_sample']} tokens. By Little's law about {in_flight:.0f} answers were in "
                  "flight on the whole system: use that many slots. This table is derived and was not verified by MLCommons; MLPerf is a "
                  "trademark of MLCommons.")
        count = round(600 * float(row["completed_samples_per_s"]))  # runs last at least 600 s; the summary gives no count
        for column, measures, suffix, words in (("latency", "latency", "", "a whole answer of about 293 tokens"),
                                                ("ttft", "time_to_first_token", "-time-to-first-token", "the first token"),
                                                ("tpot", "per_output_token", "-per-output-token", "each further token")):
            points = [(p, float(row[f"{column}_{key}_ms"])) for key, p in (("min", 0), ("p50", .5), ("p90", .9), ("p95", .95), ("p97", .97),
                                                                        ("p99", .99), ("p99_9", .999), ("max", 1))]
            write_published(writer, f"mlperf-llama-2-70b-{short}{suffix}", f"How long does {words} take on {short} under the load MLPerf finds it can bear?",
                            measures, source, common + " count is the least possible: 600 s at that rate.", points, count, float(row[f"{column}_mean_ms"]))


def distilled_on_cpu(data, writer):
    with open(data / "serving/mlperf_v5.1_closed_datacenter_offline.csv", encoding="utf-8") as file:
        row = next(r for r in csv.DictReader(file) if r["ID"] == "5.1-0059" and r["Model"] == "llama3.1-8b")
    measured_tokens_per_s = float(row["Performance_Result"])
    cores, instance_cores, slots = 172, 4, 8
    big_parameters, small_parameters = 8.03e9, 0.5e9
    article_tokens, summary_tokens = 781, 128
    tokens_per_s = measured_tokens_per_s * instance_cores / cores * big_parameters / small_parameters
    pace_ms = 1e3 * slots / tokens_per_s
    processed_per_s = tokens_per_s * (article_tokens + summary_tokens) / summary_tokens
    source = {
        "origin": f"derived from MLPerf Inference v5.1 closed datacenter, llama3.1-8b Offline, result {row['ID']} ({row['Submitter']}, {row['System']})",
        "repository": "https://github.com/mlcommons/inference_results_v5.1",
        "path": "summary_results.json",
        "commit": "965182b03376",
        "date": "2025-09-09",
        "licence": "no licence file in that repository; figures quoted under the MLCommons results-usage policy",
    }
    shared = (f"Measured: {measured_tokens_per_s} output tokens/s of an 8.03-billion-parameter model in INT8 on two Xeon 6 of 86 cores each. "
              f"Derived: per core {measured_tokens_per_s / cores:.4f} tokens/s; an instance of 8 vCPU has {instance_cores} such cores; a distilled model of 0.5 "
              f"billion parameters needs 1/{big_parameters / small_parameters:.2f} of the arithmetic: {measured_tokens_per_s} x {instance_cores}/{cores} x 8.03/0.5 = "
              f"{tokens_per_s:.1f} output tokens/s when saturated.")
    warning = ("Not a measurement of this model or this machine: scaled by cores and by parameters from another one, which small models and "
               "shared memory bandwidth do not obey exactly. Measure yours and replace the table. Not verified by MLCommons.")
    name = "xeon-6-distilled-0.5b-8-vcpu"
    pace = round(pace_ms, 3)
    writer.write(f"{name}-per-output-token", "How fast might the tokens of a small distilled model follow one another on 8 vCPU, all 8 slots busy?",
                 "per_output_token", source,
                 shared + f" With {slots} slots busy each gets a token every {slots} / {tokens_per_s:.1f} s = {pace_ms:.2f} ms. The work of the prompts "
                 "is inside: the benchmark spends about 6.1 prompt tokens an output token, the Azure conversations 5.5.",
                 [(0, pace), (1, pace)], 1, pace_ms, warning)
    with open(data / "traces/azure_llm_2023_conv.csv", encoding="utf-8") as file:
        prompts = [float(r["ContextTokens"]) for r in csv.DictReader(file)]
    write_sample(writer, f"{name}-time-to-first-token", "How long might a small distilled model on 8 vCPU read before its first token?",
                 "time_to_first_token", source,
                 shared + f" Each output token of the benchmark (CNN/DailyMail: about {article_tokens} tokens in, at most {summary_tokens} out) also paid for "
                 f"{article_tokens}/{summary_tokens} prompt tokens, so the machine reads {tokens_per_s:.1f} x {article_tokens + summary_tokens}/{summary_tokens} = "
                 f"{processed_per_s:.0f} tokens/s. A prompt is read by the whole machine, one at a time: the table is the prompt lengths of the Azure "
                 "conversation trace of 2023 (Azure/AzurePublicDataset, CC-BY-4.0; Patel et al., Splitwise, ISCA 2024) over that rate.",
                 [1e3 * tokens / processed_per_s for tokens in prompts], assumption=warning)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    data = pathlib.Path(sys.argv[1])
    here = pathlib.Path(__file__).resolve().parent.parent
    writer = Writer(pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else here / "configs/latency")
    writer.folder.mkdir(parents=True, exist_ok=True)
    for make in (managed_apis, self_hosted_llama, text_generation_inference, mlperf_server, distilled_on_cpu):
        make(data, writer)
    for name, points, count, mean, error in writer.report:
        print(f"{name:58} {points:3} points  {count:6} requests  mean {mean:10.3f} ms  table {100 * error:+6.2f} %")


if __name__ == "__main__":
    main()
