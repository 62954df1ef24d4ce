import type { LongCondition, StringCondition } from '../stores/conditions.js';
import type { ModelQuery, ModelVersionFilter, RegisteredModelFilter, VersionQuery } from '../stores/registry-store.js';
import { invalid } from './request-fields.js';
import { parseSearchFilter, type SearchClause, type SearchValue } from './search-clauses.js';
import { comparators, longCondition, stringCondition } from './search-conditions.js';
import { listValue, parseSearchOrder, pythonSet, searchKey, textValue } from './search-terms.js';

/** The tag that tells a prompt from a model; the registry holds both. */
export const isPromptTag = 'mlflow.prompt.is_prompt';

/** One condition of a filter: `tags.team = 'vision'`. */
interface Clause {
  readonly entity: 'attribute' | 'tag';
  readonly key: string;
  readonly operator: string;
  readonly value: string | bigint | readonly string[];
}

/** What may be asked of one kind of thing. */
interface Grammar {
  readonly attributes: readonly string[];
  readonly numeric: readonly string[];
  readonly listed: readonly string[];
}

const modelGrammar: Grammar = { attributes: ['name'], numeric: [], listed: ['name'] };
const versionGrammar: Grammar = {
  attributes: ['name', 'version_number', 'run_id', 'source_path'],
  numeric: ['version_number'],
  listed: ['name', 'run_id'],
};

/** `filter` of registered-models/search. Prompts are left out unless the filter asks for them. */
export function modelFilter(filter: string): RegisteredModelFilter {
  const { clauses, prompts } = withoutPromptTag(parse(filter, modelGrammar));
  const and = clauses.map((clause): RegisteredModelFilter =>
    clause.entity === 'tag' ? { tag: { key: clause.key, string: textCondition(clause) } } : { name: textCondition(clause) },
  );
  return { and: [...and, ...prompts] };
}

const versionFields = { name: 'name', run_id: 'runNativeId', source_path: 'sourceUri' } as const;

/** `filter` of model-versions/search. Versions of prompts are left out unless the filter asks for them. */
export function versionFilter(filter: string): ModelVersionFilter {
  const { clauses, prompts } = withoutPromptTag(parse(filter, versionGrammar));
  const and = clauses.map((clause): ModelVersionFilter => {
    if (clause.entity === 'tag') return { tag: { key: clause.key, string: textCondition(clause) } };
    if (clause.key === 'version_number') return { version: numberCondition(clause) };
    return { [versionFields[clause.key as keyof typeof versionFields]]: textCondition(clause) };
  });
  return { and: [...and, ...prompts] };
}

/** `order_by` of registered-models/search; ties go by name. */
export function modelOrder(terms: readonly string[]): ModelQuery['orderBy'] {
  const fields = { name: 'NAME', timestamp: 'UPDATED_AT', last_updated_timestamp: 'UPDATED_AT' } as const;
  const orderBy = terms.map((term) => {
    const { identifier: key, direction } = parseSearchOrder(term);
    if (Object.hasOwn(fields, key)) return { field: fields[key as keyof typeof fields], direction };
    throw invalid(`Invalid order by key '${key}' specified. Valid keys are '{'name', 'timestamp'}'`);
  });
  return withTies(terms, orderBy, [{ field: 'NAME', direction: 'ASC' }]);
}

/** `order_by` of model-versions/search; ties go by name, then the highest number. */
export function versionOrder(terms: readonly string[]): VersionQuery['orderBy'] {
  const fields = {
    name: 'NAME',
    version_number: 'VERSION',
    creation_timestamp: 'CREATED_AT',
    last_updated_timestamp: 'UPDATED_AT',
  } as const;
  const orderBy = terms.map((term) => {
    const { identifier, direction } = parseSearchOrder(term);
    const { key } = searchKey(identifier.replace(/^attribute\./, ''));
    if (Object.hasOwn(fields, key)) return { field: fields[key as keyof typeof fields], direction };
    throw invalid(`Invalid attribute key '${key}' specified. Valid keys are '${pythonSet(Object.keys(fields))}'`);
  });
  const ties = [
    { field: 'NAME', direction: 'ASC' },
    { field: 'VERSION', direction: 'DESC' },
  ] as const;
  return withTies(terms, orderBy, terms.length > 0 ? ties : [{ field: 'UPDATED_AT', direction: 'DESC' }, ...ties]);
}

function withTies<Field>(
  terms: readonly string[],
  orderBy: readonly { readonly field: Field; readonly direction: 'ASC' | 'DESC' }[],
  ties: readonly { readonly field: Field; readonly direction: 'ASC' | 'DESC' }[],
) {
  const asked = new Set(orderBy.map(({ field }) => field));
  // MLflow answers 500, which its own clients repeat for minutes.
  if (asked.size < orderBy.length) throw invalid(`\`order_by\` contains duplicate fields: [${listOf(terms)}]`);
  return [...orderBy, ...ties.filter(({ field }) => !asked.has(field))];
}

/** The first clause about the prompt tag says which of the two are asked for; models need not have the tag to be no prompts. */
function withoutPromptTag(clauses: readonly Clause[]) {
  const first = clauses.find(({ entity, key }) => entity === 'tag' && key === isPromptTag);
  const value = String(first?.value).toLowerCase();
  if ((first?.operator === '=' && value === 'true') || (first?.operator === '!=' && value === 'false')) return { clauses, prompts: [] };
  return {
    clauses: clauses.filter(({ entity, key }) => entity !== 'tag' || key !== isPromptTag),
    prompts: [{ not: { tag: { key: isPromptTag, string: { eq: 'true' } } } }],
  };
}

function textCondition({ entity, operator, value }: Clause): StringCondition {
  const isList = operator === 'IN' || operator === 'NOT IN';
  const known: readonly string[] = entity === 'tag' ? comparators.text : comparators.textOrList;
  if (typeof value === 'bigint' || !known.includes(operator) || Array.isArray(value) !== isList)
    throw invalid(`Invalid comparator for ${entity}: ${operator}`);
  return stringCondition(operator, value);
}

function numberCondition({ key, operator, value }: Clause): LongCondition {
  if (!(comparators.number as readonly string[]).includes(operator)) throw invalid(`Invalid comparator for attribute ${key}: ${operator}`);
  if (typeof value === 'bigint') return longCondition(operator, value);
  const text = String(value).trim();
  if (!/^[+-]?\d+$/.test(text)) throw invalid(`Invalid value for numeric attribute '${key}': '${text}'`);
  return longCondition(operator, BigInt(text.replace('+', '')));
}

const parse = (filter: string, grammar: Grammar): Clause[] => parseSearchFilter(filter, '').map((clause) => toClause(clause, grammar));

function toClause({ identifier, comparator: operator, value }: SearchClause, grammar: Grammar): Clause {
  const subject = subjectOf(identifier, grammar);
  if (value === null) throw invalid(`Invalid comparator for ${subject.entity}: ${operator}`);
  return {
    ...subject,
    operator,
    value: subject.entity === 'tag' ? textValue(value, expectedOfTag) : attributeValue(value, subject.key, grammar),
  };
}

const expectedOfTag = "Expected a quoted string value for tag (e.g. 'my-value').";

function subjectOf(identifier: string, { attributes }: Grammar): Pick<Clause, 'entity' | 'key'> {
  const { prefix, key } = searchKey(identifier);
  if (prefix !== null && !['attribute', 'tag', 'tags'].includes(prefix))
    throw invalid(`Invalid entity type '${prefix}'. Valid entity types are ('attribute', 'tag', 'tags')`);
  if (prefix !== null && prefix !== 'attribute') return { entity: 'tag', key };
  // Unlike a tag's, an attribute's key is looked up with its quotes.
  const written = prefix === null ? identifier : identifier.slice(identifier.indexOf('.') + 1);
  if (attributes.includes(written)) return { entity: 'attribute', key };
  throw invalid(`Invalid attribute key '${written}' specified. Valid keys are '${pythonSet(attributes)}'`);
}

function attributeValue(value: SearchValue, key: string, { numeric, listed }: Grammar): Clause['value'] {
  if (value.kind === 'list') {
    if (listed.includes(key)) return listValue(value);
    throw invalid(`Only [${listOf(listed.toSorted())}] attributes support comparison with a list of quoted string values.`);
  }
  if (value.kind !== 'number' || numeric.length === 0)
    return textValue(value, 'Expected a quoted string value or a list of quoted string values for attributes.');
  if (!numeric.includes(key)) throw invalid(`Only the '${pythonSet(numeric)}' attributes support comparison with numeric values.`);
  if (/^-?\d+$/.test(value.text)) return BigInt(value.text);
  throw invalid(`Invalid value for numeric attribute '${key}': ${value.text}`);
}

const listOf = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');
