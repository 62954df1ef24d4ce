import { ArgsType, Field, InputType, registerEnumType, type ClassType } from 'type-graphql';
import { Direction } from '../../schema-kit/direction.js';
import { DateTimeFilter, StringFilter } from '../../schema-kit/filters.input.js';
import { ForwardPageArgs } from '../../schema-kit/page.args.js';
import type { StringCondition, TimeCondition } from '../../stores/conditions.js';
import type { RowFilter, RowQuery } from '../../stores/dashai/dashai-store.js';
import type { DashaiTable } from '../../stores/dashai/tables.js';

const DashaiOrderField = { NAME: 'NAME', CREATED_AT: 'CREATED_AT', UPDATED_AT: 'UPDATED_AT', ID: 'ID' } as const;
registerEnumType(DashaiOrderField, {
  name: 'DashaiOrderField',
  description: 'A property of rows of a DashAI database to sort by; missing ones come last.',
  valuesConfig: {
    NAME: { description: 'Name, by code point.' },
    CREATED_AT: { description: 'Time of creation.' },
    UPDATED_AT: { description: 'Time of the last change.' },
    ID: { description: "Number in DashAI's database, which uses numbers of deleted rows again." },
  },
});

@InputType({ description: 'One sort term of a list of a DashAI home.' })
export class DashaiOrder {
  @Field(() => DashaiOrderField, { description: 'The property.' }) readonly field!: keyof typeof DashaiOrderField;
  @Field(() => Direction, { nullable: true, description: 'Default ASC.' }) readonly direction?: 'ASC' | 'DESC' | null;
}

/** A filter as it comes in: combinations, `source`, and a condition per property. */
interface FilterInput {
  readonly and?: readonly FilterInput[] | null;
  readonly or?: readonly FilterInput[] | null;
  readonly not?: FilterInput | null;
  readonly source?: StringFilter | null;
  readonly [property: string]: unknown;
}

interface FilterShape {
  /** Properties that are compared as texts, with their descriptions. */
  readonly text: Readonly<Record<string, string>>;
  readonly time?: Readonly<Record<string, string>>;
}

/**
 * Makes the filter and the arguments of one list.
 * @param name of what is listed, for example `ModelSession`, which gives `ModelSessionFilter`
 */
export function listInput(name: string, shape: FilterShape) {
  const times: FilterShape['time'] = { createdAt: 'Time of creation.', updatedAt: 'Time of the last change.', ...shape.time };

  @InputType(`${name}Filter`, { description: `Which ${name} rows. All given members hold together.` })
  class Filter {
    @Field(() => [Filter], { nullable: true, description: 'All of these hold.' }) readonly and?: FilterInput[] | null;
    @Field(() => [Filter], { nullable: true, description: 'At least one of these holds.' }) readonly or?: FilterInput[] | null;
    @Field(() => Filter, { nullable: true, description: 'This does not hold.' }) readonly not?: FilterInput | null;
    @Field(() => StringFilter, { nullable: true, description: 'Name of the source.' }) readonly source?: StringFilter | null;
  }
  const addField = (property: string, type: ClassType, description: string) =>
    Field(() => type, { nullable: true, description })(Filter.prototype, property);
  for (const [property, description] of Object.entries(shape.text)) addField(property, StringFilter, description);
  for (const [property, description] of Object.entries(times)) addField(property, DateTimeFilter, description);

  @ArgsType()
  class Args extends ForwardPageArgs {
    @Field(() => Filter, { nullable: true, description: 'Which rows; all when absent.' }) readonly filter?: FilterInput | null;
    @Field(() => [DashaiOrder], { nullable: true, description: 'Sort terms; the newest first when absent.' })
    readonly orderBy?: DashaiOrder[] | null;
  }
  const toFilter = (input: FilterInput): RowFilter => ({
    and: input.and?.map(toFilter),
    or: input.or?.map(toFilter),
    not: input.not && toFilter(input.not),
    source: input.source,
    text: conditions<StringCondition>(input, Object.keys(shape.text)),
    time: conditions<TimeCondition>(input, Object.keys(times)),
  });
  return {
    Args,
    toQuery: <Table extends DashaiTable>(table: Table, { filter, orderBy }: Args): RowQuery<Table> => ({
      table,
      filter: toFilter(filter ?? {}),
      orderBy: orderBy?.length ? orderBy.map(({ field, direction }) => ({ field, direction: direction ?? 'ASC' })) : newestFirst,
    }),
  };
}

const newestFirst: RowQuery<DashaiTable>['orderBy'] = [{ field: 'CREATED_AT', direction: 'DESC' }];

function conditions<Condition>(input: FilterInput, properties: readonly string[]): Record<string, Condition> {
  const given = properties.filter((property) => input[property] !== null && input[property] !== undefined);
  return Object.fromEntries(given.map((property) => [property, input[property] as Condition]));
}
