import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { Run } from '../../schema-kit/entities.js';
import { DateTime } from '../../schema-kit/scalars.js';
import type { RunNode } from './run-node.js';

export const RunEventKind = {
  CREATED: 'CREATED',
  STATUS_CHANGED: 'STATUS_CHANGED',
  UPDATED: 'UPDATED',
  ENTERED: 'ENTERED',
  LEFT: 'LEFT',
  DELETED: 'DELETED',
} as const;
registerEnumType(RunEventKind, {
  name: 'RunEventKind',
  description: 'What happened to a run.',
  valuesConfig: {
    CREATED: { description: 'The run was created.' },
    STATUS_CHANGED: { description: 'Its status was set.' },
    UPDATED: { description: 'Its name, params or tags changed, or it was restored.' },
    ENTERED: { description: 'It now matches the filter, and did not before; also when a metric made it match.' },
    LEFT: {
      description:
        'It no longer matches the filter. After a resume it may come for a run that did not match before either: leave out what you do not have.',
    },
    DELETED: { description: 'It was marked deleted.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'Something that happened to a run.' })
export class RunEvent {
  @Field(() => RunEventKind, { description: 'What happened.' }) readonly kind!: keyof typeof RunEventKind;
  @Field(() => Run, { description: 'The run as it is when the event is sent.' }) readonly run!: RunNode;
  @Field(() => DateTime, { description: 'When it happened; for sources that are polled, when it was noticed.' }) readonly at!: number;
  @Field(() => String, { description: 'Position after this event; resume with it as `after`.' }) readonly cursor!: string;
}
