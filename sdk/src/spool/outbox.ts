import { packPoints, type LoggedPoint, type LoggedSeries } from '../points.js';
import { newIdempotencyKey } from '../run-writer.js';
import { Journal, type Budget } from './journal.js';
import type { Head, Points, Sealed, SpoolRecord, Write } from './records.js';

/** What is sent next: points of one batch, or another write. */
export type Parcel =
  { readonly to: number; readonly key: string; readonly series: readonly LoggedSeries[] } | { readonly to: number; readonly write: Write };

export interface OutboxNeeds {
  readonly folder: string;
  readonly name: string;
  readonly budget: Budget;
  readonly sync: boolean;
  readonly onDamage: () => void;
}

const maxBatchPoints = 10_000;
const maxBatchBytes = 1_000_000;

/** What is to be sent of one run, on disk: what goes in comes out in order, and stays until it is acknowledged. */
export class Outbox {
  create: Head['create'];
  /** Id of the run; null until the server has made it. */
  id: string | null = null;
  readonly #journal: Journal<SpoolRecord>;
  #acked = 0;
  #sealed: Sealed | null = null;
  /** Position after the last record that is to be sent. */
  #last = 0;
  #points = 0;

  /** Opens what is there, or begins anew. */
  constructor({ onDamage, ...needs }: OutboxNeeds) {
    this.#journal = new Journal({ ...needs, head: () => this.#head() });
    this.#journal.cutTornTail();
    for (const { record } of this.#journal.entries(0, onDamage)) this.#recall(record);
    for (const { record, end } of this.#journal.entries(this.#acked)) if (isToSend(record)) this.#count(record, end);
  }

  /** Points that are not acknowledged. */
  get points(): number {
    return this.#points;
  }

  /** Whether everything is acknowledged. */
  get isEmpty(): boolean {
    const isToBeCreated = this.create && this.id === null;
    return !isToBeCreated && this.#acked >= this.#last;
  }

  /** Writes down how the run is to be created, or which it is. @throws SPOOL_FULL */
  begin(run: { readonly create: NonNullable<Head['create']> } | { readonly id: string }): void {
    if ('create' in run) this.create = run.create;
    else this.id = run.id;
    this.#journal.append(this.#head());
  }

  /** @throws SPOOL_FULL; then nothing was taken */
  put(record: Points | Write): void {
    this.#count(record, this.#journal.append(record));
  }

  /** The server has made the run. */
  setId(id: string): void {
    this.id = id;
    this.#journal.append({ t: 'id', id }, true);
  }

  /** What is to be sent next; the same again until it is acknowledged, in another process too. Null when there is nothing. */
  next(): Parcel | null {
    if (this.#sealed) return { ...this.#sealed, series: this.#batch(this.#sealed.to).series };
    for (const { record, end } of this.#journal.entries(this.#acked)) {
      if (!isToSend(record)) continue;
      if (record.t !== 'points') return { to: end, write: record };
      const { series, to } = this.#batch();
      this.#sealed = { key: newIdempotencyKey(), to };
      this.#journal.append({ t: 'seal', ...this.#sealed }, true);
      return { ...this.#sealed, series };
    }
    return null;
  }

  /** The server has everything up to here. */
  acknowledge({ to, ...parcel }: Parcel): void {
    if ('series' in parcel) this.#points -= parcel.series.reduce((sum, { values }) => sum + values.length, 0);
    this.#acked = to;
    this.#sealed = null;
    const end = this.#journal.append({ t: 'ack', to }, true);
    this.#journal.discardBefore(this.isEmpty ? end : to);
  }

  /** Gives the files back; those of an outbox without anything in it are removed. */
  close(): void {
    this.#journal.close(this.isEmpty);
  }

  /** Points from the last acknowledgement on, as many as may go together, or up to a position. */
  #batch(upTo = Infinity): { series: readonly LoggedSeries[]; to: number } {
    const packer = packPoints();
    let to = this.#acked;
    let count = 0;
    for (const { record, end } of this.#journal.entries(this.#acked)) {
      if (end > upTo) break;
      if (!isToSend(record)) continue;
      if (record.t !== 'points') break;
      if (upTo === Infinity && count > 0 && (count + record.points.length > maxBatchPoints || end - this.#acked > maxBatchBytes)) break;
      // As they are on the wire: texts where JSON has no number for them.
      for (const point of record.points) packer.add(point as unknown as LoggedPoint);
      count += record.points.length;
      to = end;
    }
    return { series: packer.take(), to };
  }

  #count(record: Points | Write, end: number): void {
    this.#last = end;
    if (record.t === 'points') this.#points += record.points.length;
  }

  #head(): Head {
    return { t: 'head', create: this.create, id: this.id ?? undefined, acked: this.#acked, sealed: this.#sealed ?? undefined };
  }

  #recall(record: SpoolRecord): void {
    if (record.t === 'head') this.create = record.create;
    if (record.t === 'head' || record.t === 'id') this.id = record.id ?? null;
    if (record.t === 'head' || record.t === 'ack') this.#acked = 'to' in record ? record.to : record.acked;
    if (record.t === 'head' || record.t === 'ack') this.#sealed = 'to' in record ? null : (record.sealed ?? null);
    if (record.t === 'seal') this.#sealed = { key: record.key, to: record.to };
  }
}

const isToSend = (record: SpoolRecord): record is Points | Write => !['head', 'id', 'seal', 'ack'].includes(record.t);
