import { registerEnumType } from 'type-graphql';

export const TraceOrderField = {
  STARTED_AT: 'STARTED_AT',
  DURATION: 'DURATION',
  NAME: 'NAME',
  STATUS: 'STATUS',
  REQUEST_ID: 'REQUEST_ID',
  EXPERIMENT: 'EXPERIMENT',
} as const;
registerEnumType(TraceOrderField, {
  name: 'TraceOrderField',
  description: 'A property of traces to sort by.',
  valuesConfig: {
    STARTED_AT: { description: 'Start time.' },
    DURATION: { description: 'End minus start; missing while it has not ended.' },
    NAME: { description: 'Name, by code point.' },
    STATUS: { description: 'Status as text.' },
    REQUEST_ID: { description: 'Id in the source.' },
    EXPERIMENT: { description: 'Name of the experiment, by code point.' },
  },
});

export const TraceEndStatus = { OK: 'OK', ERROR: 'ERROR' } as const;
export type TraceEndStatus = keyof typeof TraceEndStatus;
registerEnumType(TraceEndStatus, {
  name: 'TraceEndStatus',
  description: 'How a trace ended.',
  valuesConfig: { OK: { description: 'The request was answered.' }, ERROR: { description: 'The request failed.' } },
});

export const SpanStatus = { OK: 'OK', ERROR: 'ERROR', UNSET: 'UNSET' } as const;
export type SpanStatus = keyof typeof SpanStatus;
registerEnumType(SpanStatus, {
  name: 'SpanStatus',
  description: 'How a span ended, in the words of OpenTelemetry.',
  valuesConfig: {
    OK: { description: 'It succeeded.' },
    ERROR: { description: 'It failed.' },
    UNSET: { description: 'Nothing was said; usually it succeeded.' },
  },
});
