import type { Aggregate } from '@rungraph/sdk';
import type { Condition } from './condition.js';
import { newestFirst, type Order } from './order.js';

/** What the horizontal axis of the charts shows. */
export const axes = ['step', 'time', 'relative'] as const;
export type Axis = (typeof axes)[number];

/** Parts of the right side. */
export const tabs = ['charts', 'values', 'compare', 'logs'] as const;
export type Tab = (typeof tabs)[number];

/** A metric that the list shows. */
export interface MetricColumn {
  readonly key: string;
  readonly aggregate: Aggregate;
}

/** A run that is drawn, and its colour. */
export interface SelectedRun {
  readonly id: string;
  readonly slot: number;
}

/** A part of the axis: steps, or milliseconds (since the epoch, or since the start of each run); both ends included. */
export interface Zoom {
  readonly from: bigint;
  readonly to: bigint;
}

/** Everything the reader chose. The address of the page holds it whole. */
export interface View {
  readonly search: string;
  readonly conditions: readonly Condition[];
  readonly order: Order;
  /** Null: chosen by what the runs have. */
  readonly columns: readonly MetricColumn[] | null;
  readonly selected: readonly SelectedRun[];
  readonly keySearch: string;
  readonly axis: Axis;
  readonly isLog: boolean;
  /** Metrics whose scale is the other one than `isLog` says. */
  readonly otherScale: readonly string[];
  /** Groups of metrics that are folded. */
  readonly folded: readonly string[];
  /** Weight of what came before, 0 to 0.999. */
  readonly smoothing: number;
  readonly zoom: Zoom | null;
  readonly tab: Tab;
  /** On a narrow screen only one side is shown. */
  readonly pane: 'runs' | 'curves';
}

/** The view of an address without anything in it. */
export const emptyView: View = {
  search: '',
  conditions: [],
  order: newestFirst,
  columns: null,
  selected: [],
  keySearch: '',
  axis: 'step',
  isLog: false,
  otherScale: [],
  folded: [],
  smoothing: 0,
  zoom: null,
  tab: 'charts',
  pane: 'runs',
};

/** Whether a metric is drawn on a logarithmic scale. */
export const isLogOf = ({ isLog, otherScale }: View, key: string): boolean => isLog !== otherScale.includes(key);
