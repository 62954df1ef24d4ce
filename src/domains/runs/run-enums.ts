import { registerEnumType } from 'type-graphql';
import type {
  Aggregate as AggregateName,
  GroupField,
  LifecycleStage as LifecycleStageName,
  RunOrderField as RunOrderFieldName,
  RunStatus as RunStatusName,
  Sampling as SamplingName,
} from '../../stores/run-store.js';

type EnumOf<Name extends string> = { readonly [Member in Name]: Member };

export const LifecycleStage: EnumOf<LifecycleStageName> = { ACTIVE: 'ACTIVE', DELETED: 'DELETED' };
registerEnumType(LifecycleStage, {
  name: 'LifecycleStage',
  description: 'Whether a run or experiment is in use. Deleted ones are kept and can be restored.',
  valuesConfig: { ACTIVE: { description: 'In use.' }, DELETED: { description: 'Marked deleted.' } },
});

export const RunStatus: EnumOf<RunStatusName> = {
  SCHEDULED: 'SCHEDULED',
  RUNNING: 'RUNNING',
  FINISHED: 'FINISHED',
  FAILED: 'FAILED',
  KILLED: 'KILLED',
  STALE: 'STALE',
  UNKNOWN: 'UNKNOWN',
};
registerEnumType(RunStatus, {
  name: 'RunStatus',
  description: 'What a run is doing. Stores check no transitions: any status may follow any.',
  valuesConfig: {
    SCHEDULED: { description: 'Waits to start.' },
    RUNNING: { description: 'Is running, as far as the store knows.' },
    FINISHED: { description: 'Ended well.' },
    FAILED: { description: 'Ended with an error.' },
    KILLED: { description: 'Was stopped.' },
    STALE: { description: 'The store records no end and nothing was written for a while.' },
    UNKNOWN: { description: 'The store says nothing that can be understood.' },
  },
});

export const Aggregate: EnumOf<AggregateName> = { LAST: 'LAST', MIN: 'MIN', MAX: 'MAX' };
registerEnumType(Aggregate, {
  name: 'Aggregate',
  description: "Which value of a metric's history stands for it.",
  valuesConfig: {
    LAST: { description: "The latest: the largest step, then time, then value (MLflow's rule)." },
    MIN: { description: 'The least; NaN never wins.' },
    MAX: { description: 'The greatest; NaN never wins.' },
  },
});

export const RunOrderField: EnumOf<RunOrderFieldName> = {
  STARTED_AT: 'STARTED_AT',
  ENDED_AT: 'ENDED_AT',
  NAME: 'NAME',
  STATUS: 'STATUS',
  DURATION: 'DURATION',
  EXPERIMENT: 'EXPERIMENT',
  USER: 'USER',
  NATIVE_ID: 'NATIVE_ID',
  ARTIFACT_LOCATION: 'ARTIFACT_LOCATION',
};
registerEnumType(RunOrderField, {
  name: 'RunOrderField',
  description: 'A property of runs to sort by.',
  valuesConfig: {
    STARTED_AT: { description: 'Start time.' },
    ENDED_AT: { description: 'End time; runs that have not ended are missing it.' },
    NAME: { description: 'Name, by code point.' },
    STATUS: { description: 'Name of the status.' },
    DURATION: { description: 'End minus start.' },
    EXPERIMENT: { description: 'Name of the experiment.' },
    USER: { description: 'Name of the user.' },
    NATIVE_ID: { description: 'Id in the source.' },
    ARTIFACT_LOCATION: { description: 'Where the artifacts are.' },
  },
});

export const ParamType = { NUMBER: 'NUMBER', STRING: 'STRING' } as const;
registerEnumType(ParamType, {
  name: 'ParamType',
  description: 'How the text of a param is read for sorting.',
  valuesConfig: {
    NUMBER: { description: 'As a number; texts that are none count as missing.' },
    STRING: { description: 'As text, by code point.' },
  },
});

export const Sampling: EnumOf<SamplingName> = { NONE: 'NONE', MIN_MAX: 'MIN_MAX', LTTB: 'LTTB', NEAREST: 'NEAREST' };
registerEnumType(Sampling, {
  name: 'Sampling',
  description: 'How a long series is thinned out. Every point returned is one that was logged; the first and the last always are.',
  valuesConfig: {
    NONE: { description: 'Every point, however many; more than 250,000 of one series are refused.' },
    MIN_MAX: { description: 'The least and the greatest value of each bucket, so no spike is lost.' },
    LTTB: { description: 'Largest Triangle Three Buckets: keeps the shape of the curve.' },
    NEAREST: { description: 'The point nearest to each of evenly spaced steps; spikes may be missed.' },
  },
});

export const RunGroupField: EnumOf<GroupField> = { EXPERIMENT: 'EXPERIMENT', STATUS: 'STATUS', SOURCE: 'SOURCE', USER: 'USER' };
registerEnumType(RunGroupField, {
  name: 'RunGroupField',
  description: 'A property of runs to group by.',
  valuesConfig: {
    EXPERIMENT: { description: 'Name of the experiment.' },
    STATUS: { description: 'Status as the store writes it.' },
    SOURCE: { description: 'Name of the source.' },
    USER: { description: 'Name of the user.' },
  },
});

export const ExperimentOrderField = { NAME: 'NAME', CREATED_AT: 'CREATED_AT', UPDATED_AT: 'UPDATED_AT', NATIVE_ID: 'NATIVE_ID' } as const;
registerEnumType(ExperimentOrderField, {
  name: 'ExperimentOrderField',
  description: 'A property of experiments to sort by.',
  valuesConfig: {
    NAME: { description: 'Name, by code point.' },
    CREATED_AT: { description: 'Time of creation.' },
    UPDATED_AT: { description: 'Time of the last rename, deletion or restoration.' },
    NATIVE_ID: { description: 'Id in the source, as text.' },
  },
});
