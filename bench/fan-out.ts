import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCrowd, type Crowd, type Heard } from './fan-out-crowd.js';
import { createSequenceWriter, type SequenceWriter } from './fan-out-writer.js';
import { post } from './load.js';
import { cpuSeconds, residentMb, startPlainFanOutServer, startRunGraph, type Peer } from './processes.js';
import { report } from './report.js';

const warmUpSeconds = 2;

/** Live delivery of one run's points to many subscribers: how late, how complete, at which cost; and when connections break or stall. */
export async function benchFanOut(seconds: number): Promise<void> {
  const cases = [
    { subscribers: 1_000, perSecond: 20, maxRateHz: 100, bar: 'bar: p99 50' },
    { subscribers: 4_000, perSecond: 10, maxRateHz: 10, bar: 'bar: p99 150, 60 % of a core' },
  ];
  for (const asked of cases) {
    await on(startRunGraph, (server) => benchDelivery(null, server, { ...asked, seconds }));
    await on(startPlainFanOutServer, (server) => benchDelivery('plain graphql-ws', server, { ...asked, seconds, bar: '' }));
  }
  await on(startRunGraph, benchStorm);
  await on(startRunGraph, (server) => benchStalled(server, Math.max(20, seconds)));
}

interface Delivery {
  readonly subscribers: number;
  readonly perSecond: number;
  readonly maxRateHz: number;
  readonly seconds: number;
  readonly bar: string;
}

/** A server with one writer of one run and its subscribers. */
interface Stage {
  readonly peer: Peer;
  readonly run: string;
  readonly writer: SequenceWriter;
  readonly crowd: Crowd;
}

async function benchDelivery(peerName: string | null, { peer, run, writer, crowd }: Stage, asked: Delivery): Promise<void> {
  const { subscribers, perSecond, maxRateHz, seconds, bar } = asked;
  await crowd.open(peer.url, subscribers, { runIds: [run], history: 'NONE', maxRateHz });
  await writer.write({ perSecond, during: warmUpSeconds });
  await crowd.reach(writer.last);
  await crowd.collect();
  const [first, began] = [writer.last + 1, performance.now()];
  const [serverPercent, crowdPercent] = [cpuPercentFrom(peer.process, began), cpuPercentFrom(crowd.process, began)] as const;
  await writer.write({ perSecond, during: seconds });
  const committed = writer.last + 1 - first;
  await crowd.reach(writer.last);
  const [cpu, crowdCpu] = [serverPercent(), crowdPercent()] as const;
  const heard = await crowd.collect();
  const delivered = `${heard.sequences.length} / ${committed * subscribers}`;
  const [title, indent] = peerName
    ? [`  ${peerName}`, '    ']
    : [`fan-out to ${subscribers.toLocaleString('en')}, ${perSecond} commits/s`, '  '];
  report(`${title}: ms since sending, p50 / p99 / max`, latencies(heard, writer, 'sentAt'), bar);
  report(`${indent}ms since the answer of the mutation`, latencies(heard, writer, 'answeredAt'));
  report(`${indent}points delivered, of`, delivered, `in ${heard.messages} messages, ${faults(heard)}`);
  report(`${indent}commits/s that were answered in time`, (committed / seconds).toFixed(1), `of ${perSecond}`);
  report(`${indent}server: % of one core / MB resident`, `${cpu} / ${residentMb(peer.process).toFixed(0)}`, `subscribers ${crowdCpu} %`);
}

function cpuPercentFrom(process: ChildProcess, began: number): () => string {
  const before = cpuSeconds(process);
  return () => (((cpuSeconds(process) - before) * 100_000) / (performance.now() - began)).toFixed(0);
}

/** 1,000 clients are cut at once while points go on; each resumes with its cursor after a random backoff. */
async function benchStorm({ peer, run, writer, crowd }: Stage): Promise<void> {
  await crowd.open(peer.url, 1_000, { runIds: [run], history: 'NONE', maxRateHz: 20 });
  await writer.write({ perSecond: 20, during: warmUpSeconds });
  await crowd.reach(writer.last);
  await crowd.collect();
  const storming = crowd.storm();
  await writer.write({ perSecond: 20, during: storming });
  const times = (await storming).sort();
  await writer.write({ perSecond: 20, during: 1 });
  const missing = await crowd.reach(writer.last);
  const heard = await crowd.collect();
  report('reconnect storm, 1,000 clients: ms until complete, p50 / max', `${quantile(times, 0.5)} / ${quantile(times, 1)}`);
  report('  lost, repeated, incomplete clients', `${heard.lost}, ${heard.repeated}, ${missing}`, 'bar: 0, 0, 0');
}

/** Clients that never read beside healthy ones: 1,000 points a commit, 10 commits a second. */
async function benchStalled({ peer, run, writer, crowd }: Stage, seconds: number): Promise<void> {
  const [healthy, stalled] = [100, 100];
  const input = { runIds: [run], history: 'NONE', maxRateHz: 20 };
  await crowd.open(peer.url, healthy, input);
  const write = (during: number) => writer.write({ perSecond: 10, during, bulk: 1_000 });
  await write(seconds / 4);
  await crowd.reach(writer.last);
  const alone = await crowd.collect();
  await crowd.open(peer.url, stalled, input, { stalled: true });
  const resident = [residentMb(peer.process)];
  for (let part = 0; part < 4; part++) {
    await write(seconds / 4);
    resident.push(residentMb(peer.process));
  }
  await crowd.reach(writer.last);
  const beside = await crowd.collect();
  report('100 healthy clients alone, 300 kB/s each: ms, p50 / p99 / max', latencies(alone, writer, 'sentAt'));
  report('  beside 100 that never read', latencies(beside, writer, 'sentAt'), faults(beside));
  report(`  MB resident, every ${seconds / 4} s`, resident.map((mb) => mb.toFixed(0)).join(' '));
}

async function on(start: (dataFolder: string) => Promise<Peer>, work: (stage: Stage) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rungraph-bench-'));
  const peer = await start(folder);
  const crowd = startCrowd();
  try {
    const run = start === startRunGraph ? await createRun(peer.url) : 'Run:local:0123456789abcdef0123456789abcdef';
    await work({ peer, run, writer: createSequenceWriter(peer.url, run), crowd });
  } finally {
    await crowd.close();
    await peer.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function createRun(url: string): Promise<string> {
  const query = 'mutation { createRun(input: { experiment: "Experiment:local:0" }) { run { id } } }';
  return (JSON.parse(await post(url, { query })) as { data: { createRun: { run: { id: string } } } }).data.createRun.run.id;
}

function latencies({ sequences, times }: Heard, { commits }: SequenceWriter, since: 'sentAt' | 'answeredAt'): string {
  const taken = times.map((at, index) => at - commits.get(sequences[index]!)![since]).sort();
  return [0.5, 0.99, 1].map((share) => quantile(taken, share)).join(' / ');
}

const quantile = (sorted: Float64Array, share: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(0);

const faults = ({ lost, repeated }: Heard): string => `lost ${lost}, repeated ${repeated}`;
