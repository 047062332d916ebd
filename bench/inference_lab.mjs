// How many requests a CPU second the npm package @doublewordai/inference-lab (MIT) simulates: roofline iterations of
// Llama 3 8B on an A100, chunked prefill of 512 tokens, batches of up to 128, Poisson arrivals at 2 a second.
//
//   node inference_lab.mjs PACKAGE_FOLDER REQUESTS
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, requests] = [process.argv[2], Number(process.argv[3])];
const lab = await import(pathToFileURL(path.join(folder, 'inference_lab.js')));
lab.initSync({ module: fs.readFileSync(path.join(folder, 'inference_lab_bg.wasm')) });
const config = {
  hardware: {
    name: 'A100', compute_flops: 312e12, memory_bandwidth: 2.039e12, memory_capacity: 80 * 2 ** 30,
    kv_cache_capacity: 50e9, gpu_utilization: 0.9, bytes_per_param: 2,
  },
  model: {
    name: 'llama-3-8b', num_parameters: 8.03e9, num_layers: 32, hidden_dim: 4096, num_heads: 32, num_kv_heads: 8,
    max_seq_len: 8192,
  },
  scheduler: {
    max_num_batched_tokens: 512, max_num_seqs: 128, policy: 'fcfs', enable_chunked_prefill: true,
    enable_preemption_free: false, block_size: 16, long_prefill_token_threshold: 0, max_num_partial_prefills: 1000,
  },
  workload: {
    arrival_pattern: 'poisson', arrival_rate: 2, num_requests: requests, seed: 1,
    // About the means of the Azure conversation trace: 1,155 and 211 tokens.
    input_len_dist: { type: 'lognormal', mean: 6.7, std_dev: 0.8 },
    output_len_dist: { type: 'lognormal', mean: 5.0, std_dev: 0.8 },
  },
  simulation: { log_interval: 1_000_000_000 },
};
const before = process.cpuUsage();
const { metrics } = lab.run_simulation(JSON.stringify(config));
const used = process.cpuUsage(before);
const seconds = (used.user + used.system) / 1e6;
console.log(`requests=${requests} ttft_p50_ms=${metrics.ttft_p50.toFixed(1)} cpu=${seconds.toFixed(3)} req_per_cpu_s=${Math.round(requests / seconds)}`);
