// Words that the API's inputs write without quotes: the values of its enums.
const enums = new Set(
  'ASC DESC LAST MIN MAX STARTED_AT ENDED_AT NAME STATUS DURATION EXPERIMENT USER NATIVE_ID ARTIFACT_LOCATION NUMBER STRING RUNNING FINISHED FAILED KILLED SCHEDULED STALE UNKNOWN ACTIVE DELETED SAMPLED ALL NONE'.split(
    ' ',
  ),
);
/** Fields whose values are enums; everywhere else the same words are texts. */
const enumFields = new Set(['direction', 'aggregate', 'field', 'as', 'status', 'lifecycleStage', 'history', 'sampling']);

/**
 * A value as GraphQL writes it in a document: `{ metric: { key: "val/loss", aggregate: MIN, value: { lt: 0.2 } } }`.
 * Numbers that JSON lacks are texts, as the API takes them.
 */
export function literal(value: unknown, field = ''): string {
  if (Array.isArray(value)) return `[${value.map((item) => literal(item, field)).join(', ')}]`;
  if (typeof value === 'string') return enumFields.has(field) && enums.has(value) ? value : JSON.stringify(value);
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0) ? String(value) : `"${Object.is(value, -0) ? '-0' : value}"`;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? String(value) : `"${value}"`;
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  // A status is asked for by { eq: RUNNING }: what is inside an enum's filter is an enum too.
  return members.length === 0
    ? '{}'
    : `{ ${members.map(([name, member]) => `${name}: ${literal(member, field === 'status' ? 'status' : name)}`).join(', ')} }`;
}

/** Variables as JSON that can be pasted: what JSON has no number for is a text, as the API takes it. */
export const variablesText = (variables: object): string =>
  JSON.stringify(
    variables,
    (_name, value: unknown) => {
      if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
      if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
        return Object.is(value, -0) ? '-0' : String(value);
      return value;
    },
    2,
  );

/** A request as a command line: the body is in single quotes, as POSIX shells take them. */
export const curlText = (url: string, document: string, variables: object): string =>
  `curl ${url} -H 'content-type: application/json' -d '${JSON.stringify({ query: document, variables: JSON.parse(variablesText(variables)) as object }).replaceAll("'", String.raw`'\''`)}'`;
