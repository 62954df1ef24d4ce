// Live curves of one metric of the newest runs, without a framework; `?key=val/loss` names another metric than `loss`.
import { pointsOf, RunGraph } from '@rungraph/sdk';

const client = new RunGraph({ url: '/graphql' });
const key = new URLSearchParams(location.search).get('key') ?? 'loss';
const [maxRuns, maxPoints] = [8, 2_000];
const curves = new Map(); // by the id of the run, the oldest first
let hue = 0;
const show = (text) => (document.querySelector('#status').textContent = text);

function add(run) {
  if (curves.has(run.id)) return;
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  const label = document.createElement('li');
  label.style.color = `hsl(${(hue += 137) % 360} 70% 50%)`;
  line.setAttribute('stroke', label.style.color);
  document.querySelector('#curves').append(line);
  document.querySelector('#legend').append(label);
  const curve = { name: run.name, points: [], line, label, stop: new AbortController() };
  curves.set(run.id, curve);
  for (const [id, { line, label, stop }] of [...curves].slice(0, -maxRuns)) {
    for (const part of [line, label]) part.remove();
    stop.abort();
    curves.delete(id);
  }
  follow(run.id, curve).catch((error) => show(error.message));
}

async function follow(runId, curve) {
  const control = { signal: curve.stop.signal, onStatus: ({ state }) => show(state) };
  const input = { runIds: [runId], keys: [key], history: 'SAMPLED', maxPoints: 500, maxRateHz: 10 };
  for await (const { kind, series } of client.watch(input, control)) {
    if (kind === 'RESET') curve.points = [];
    for (const columns of series) for (const { step, value } of pointsOf(columns)) curve.points.push({ x: Number(step), y: value });
    if (curve.points.length > maxPoints) curve.points = curve.points.filter((_, index) => index % 2 === 0);
    requestAnimationFrame(draw);
  }
}

function draw() {
  const drawn = [...curves.values()].flatMap(({ points }) => points).filter(({ y }) => Number.isFinite(y));
  const [x, y] = [scale(drawn.map((point) => point.x)), scale(drawn.map((point) => point.y))];
  for (const { name, points, line, label } of curves.values()) {
    // NaN and ±Infinity have no place on the page: the curve begins anew after them.
    const place = (point, index) => `${Number.isFinite(points[index - 1]?.y) ? 'L' : 'M'}${x(point.x)} ${1 - y(point.y)}`;
    line.setAttribute('d', points.map((point, index) => (Number.isFinite(point.y) ? place(point, index) : '')).join(''));
    label.textContent = `${name}: ${points.at(-1)?.y ?? 'no'} ${key}, ${points.length} points`;
  }
}

function scale(values) {
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  return (value) => (greatest > least ? (value - least) / (greatest - least) : 0.5);
}

const addAll = ({ nodes }) => nodes.reverse().forEach(add);
// Each time it is connected: what began in between is told by nobody.
const onStatus = ({ state }) => state === 'live' && client.runs({ first: maxRuns }).then(addAll, show);
for await (const { kind, run } of client.watchRuns(undefined, { onStatus })) if (kind === 'CREATED') add(run);
