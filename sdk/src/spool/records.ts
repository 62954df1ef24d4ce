import type { DatasetInputInput, KeyValueInput, LogLineInput } from '../generated/operations.js';
import type { NewRun } from '../types.js';

/** What a file of a journal begins with: all that is known about the run. */
export interface Head {
  readonly t: 'head';
  /** How the run is to be created; its `startedAt` as text. */
  readonly create?: (Omit<NewRun, 'startedAt'> & { readonly startedAt: string }) | undefined;
  readonly id?: string | undefined;
  readonly acked: number;
  readonly sealed?: Sealed | undefined;
}

/** Points up to a position go together, under one key for ever. */
export interface Sealed {
  readonly key: string;
  readonly to: number;
}

/** Points that were logged together: their steps and their times are settled, whenever they are sent. */
export interface Points {
  readonly t: 'points';
  readonly points: readonly (readonly [key: string, value: number | string, step: number | string, timestamp: number | string])[];
}

/** A write of another kind. Those without a key may be repeated as they are. */
export type Write =
  | { readonly t: 'params'; readonly key: string; readonly params: readonly KeyValueInput[] }
  | { readonly t: 'tags'; readonly tags: readonly KeyValueInput[] }
  | { readonly t: 'datasets'; readonly key: string; readonly inputs: readonly DatasetInputInput[] }
  | { readonly t: 'lines'; readonly key: string; readonly lines: readonly LogLineInput[] }
  | { readonly t: 'finish'; readonly status: 'FINISHED' | 'FAILED' | 'KILLED'; readonly endedAt: string };

/** What became of records. */
export type Note =
  | { readonly t: 'id'; readonly id: string }
  | ({ readonly t: 'seal' } & Sealed)
  /** Everything up to here is in the server. */
  | { readonly t: 'ack'; readonly to: number };

export type SpoolRecord = Head | Points | Write | Note;
