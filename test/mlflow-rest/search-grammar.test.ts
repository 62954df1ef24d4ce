import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseTraceFilter } from '../../src/mlflow-rest/trace-search.js';
import { parseExperimentFilter, parseExperimentOrder } from '../../src/mlflow-rest/experiment-search.js';
import { parseRunFilter, parseRunOrder } from '../../src/mlflow-rest/run-search.js';
import { parseSearchFilter } from '../../src/mlflow-rest/search-clauses.js';
import { searchKey } from '../../src/mlflow-rest/search-terms.js';
import { tries } from '../kit/property.js';

/** The one condition of a filter. */
const only = (filter: string) => parseRunFilter(filter).and![0];

describe('a filter of runs', () => {
  it.each([
    ['metrics.acc >= -1e5', { metric: { key: 'acc', value: { gte: -100_000 } } }],
    ['metric.`val loss`<.5', { metric: { key: 'val loss', value: { lt: 0.5 } } }],
    ["params.lr='0.1'", { param: { key: 'lr', string: { eq: '0.1' } } }],
    ['parameters."a b" != "it\'s"', { param: { key: 'a b', string: { neq: "it's" } } }],
    ["tags.mlflow.source.name ilike '%X_'", { tag: { key: 'mlflow.source.name', string: { ilike: '%X_' } } }],
    ['params.like IS NULL', { param: { key: 'like', exists: false } }],
    ['tag.x is not null', { tag: { key: 'x', exists: true } }],
    ['run_id NOT IN (\'a\', "b",)', { nativeId: { nin: ['a', 'b'] } }],
    ["attr.`Run name` = 'n'", { tag: { key: 'mlflow.runName', string: { eq: 'n' } } }],
    ["run.user_id LIKE 'b%'", { user: { like: 'b%' } }],
    ["status = 'NOPE'", { status: { in: [] } }],
    ["attributes.status LIKE 'F%'", { status: { in: ['FINISHED', 'FAILED'] } }],
    ['created > 5', { or: [{ startedAt: { after: 6 } }] }],
    ['end_time != 5', { or: [{ endedAt: { before: 5 } }, { endedAt: { after: 6 } }] }],
    ['start_time = 5.5', { or: [] }],
    ["datasets.digest IN ('a')", { dataset: { digest: { in: ['a'] } } }],
    ['metrics.m = 1.7976931348623157E308', { metric: { key: 'm', value: { gte: Number.MAX_VALUE } } }],
  ])('means: %s', (filter, condition) => {
    expect(only(filter)).toEqual(condition);
  });

  it.each(['metrics.a > 1 and', 'and metrics.a > 1', 'metrics.a > 1 AND AND params.b = "c"', 'metrics.a>1 params.b="c"', '', '  '])(
    'is read where MLflow reads it: %j',
    (filter) => {
      expect(() => parseRunFilter(filter)).not.toThrow();
    },
  );

  it.each([
    ['metrics.a == 1', "Invalid comparator '=='"],
    ['METRICS.a = 1', "Invalid entity type 'METRICS'"],
    ['metrics.a BETWEEN 1 AND 2', "Invalid clause(s) in filter string: 'metrics.a', 'BETWEEN', '1', '2'"],
    ["params.a RLIKE 'x'", "Invalid comparator 'RLIKE'"],
    ['params.a = x', 'Use either single or double quotes'],
    ["metrics.a = '1'", "Expected numeric value type for metric. Found '1'"],
    ['metrics.a = nan', 'Expected numeric value type for metric. Found nan'],
    ['run_id IN ()', 'but got empty list'],
    ['run_id IN (1)', 'got different type in list'],
    ["status IN ('FINISHED')", "Only ['run_id'] attributes support"],
    ["tags.a IN ('x')", "Expected a quoted string value for tag (e.g. 'my-value'). Got value ('x')"],
    ['metrics.a IS NULL', "IS NULL / IS NOT NULL is only supported for tags and params, not for 'metric' 'a'"],
    ["tags.a = 'x' or tags.a = 'y'", "Invalid clause(s) in filter string: 'or'"],
    ["not tags.a = 'x'", "Invalid clause(s) in filter string: 'not'"],
    ["(tags.a = 'x')", 'Invalid clause(s) in filter string'],
    ["tags.a = 'x'; tags.b = 'y'", 'multiple expression'],
    ["tags.a = 'x", 'Invalid clause(s) in filter string'],
    ['bogus = 1', "Invalid attribute key 'bogus' specified"],
    ["dataset.size = '1'", "Invalid dataset key 'size' specified"],
    ['start_time = "1"', 'Expected numeric value type for numeric attribute: start_time. Found "1"'],
  ])('is refused in MLflow’s words: %s', (filter, words) => {
    expect(() => parseRunFilter(filter)).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining(words) }),
    );
  });

  it('gives back every condition that is written in its grammar', () => {
    const key = fc.stringMatching(/^[A-Za-z0-9_ .:/é日-]{1,12}$/);
    const condition = fc.record({
      prefix: fc.constantFrom('metrics', 'params', 'tag', 'attributes'),
      key,
      comparator: fc.constantFrom('=', '!=', 'LIKE', 'ILIKE', '<=', '>'),
      text: fc.string().filter((text) => !/['\\\0]/.test(text)),
      quote: fc.constantFrom('`', '"'),
      gap: fc.constantFrom(' ', '\t', '\n  '),
    });
    fc.assert(
      fc.property(fc.array(condition, { minLength: 1, maxLength: 5 }), fc.constantFrom(' and ', '\nAND\t', ' '), (conditions, joint) => {
        const text = conditions.map(
          ({ prefix, key: name, comparator, text: value, quote, gap }) =>
            `${prefix}.${quote}${name}${quote}${gap}${comparator}${gap}'${value}'`,
        );
        const clauses = parseSearchFilter(text.join(joint));
        expect(clauses.map(({ identifier, comparator, value }) => ({ ...searchKey(identifier), comparator, text: value?.text }))).toEqual(
          conditions.map(({ prefix, key: name, comparator, text: value }) => ({ prefix, key: name, comparator, text: `'${value}'` })),
        );
      }),
      tries(300),
    );
  });

  it('of any text is read or refused, and never a defect', () => {
    const piece = fc.constantFrom(
      'metrics.',
      'a',
      '`',
      '"',
      "'",
      '(',
      ')',
      ',',
      '.',
      ' ',
      'and',
      'IN',
      'NOT',
      'IS',
      'NULL',
      '=',
      '!',
      '1',
      '-',
      '\\',
      ';',
      '日',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        for (const parse of [parseRunFilter, parseExperimentFilter, (text: string) => parseRunOrder([text])]) {
          try {
            parse(pieces.join(''));
          } catch (error) {
            expect(error).toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
          }
        }
      }),
      tries(300),
    );
  });

  it('of more than anybody writes is refused', () => {
    for (const filter of ["tags.a = 'x' ".repeat(4_000), `tags.a = '${'x'.repeat(500_000)}'`])
      expect(() => parseRunFilter(filter)).toThrow('more than');
  });

  it('is read in a time that grows with its length', () => {
    for (const part of [`'\\''`, '((', "''", '`a', 'a.', '-1', 'not  like ']) {
      const began = performance.now();
      expect(() => parseRunFilter(part.repeat(4_900))).toThrow();
      expect(performance.now() - began).toBeLessThan(1_000);
    }
  });
});

describe('an order of runs', () => {
  const newest = { by: 'field', field: 'STARTED_AT', direction: 'DESC' };

  it.each([
    [['metrics.`val loss` DESC'], [{ by: 'metric', key: 'val loss', aggregate: 'LAST', direction: 'DESC' }, newest]],
    [
      ['params.a.b', 'tag.x desc'],
      [{ by: 'param', key: 'a.b', as: 'STRING', direction: 'ASC' }, { by: 'tag', key: 'x', direction: 'DESC' }, newest],
    ],
    [
      ['metrics.desc', "tags.'a b' DESC"],
      [{ by: 'metric', key: 'desc', aggregate: 'LAST', direction: 'ASC' }, { by: 'tag', key: 'a b', direction: 'DESC' }, newest],
    ],
    [['created asc'], [{ by: 'field', field: 'STARTED_AT', direction: 'ASC' }]],
    [[], [newest]],
  ])('ends in the newest first: %j', (clauses, terms) => {
    expect(parseRunOrder(clauses)).toEqual(terms);
  });

  it.each([
    [['start_time', 'attributes.created'], 'contains duplicate fields'],
    [['metrics.a b'], 'Invalid ordering key'],
    [['metrics.a, metrics.b'], 'Could not be parsed'],
    [[''], 'Could not be parsed'],
    [['metrics.desc.'], 'Invalid ordering key'],
    [["'tags'.x"], 'Could not be parsed'],
    [['datasets.name'], "Invalid identifier type 'dataset'"],
    [['attributes.`run name`'], "Invalid attribute key 'run name'"],
  ])('is refused: %j', (clauses, words) => {
    expect(() => parseRunOrder(clauses)).toThrow(words);
  });
});

describe('a search of experiments', () => {
  it('compares ids as numbers and orders by them', () => {
    expect(parseExperimentFilter("experiment_id IN ('007', '+8')")).toEqual({ and: [{ nativeId: { in: ['7', '8'] } }] });
    expect(parseExperimentOrder(['name'])).toEqual([
      { field: 'NAME', direction: 'ASC' },
      { field: 'NUMBER', direction: 'DESC' },
    ]);
  });

  it.each([
    ["experiment_id LIKE '1'", 'Invalid comparator'],
    ["experiment_id = 'x'", "Invalid experiment ID 'x'"],
    ['creation_time > 1.5', "Invalid value for numeric attribute 'creation_time'"],
    ['name IS NULL', "only supported for tags, not for attribute 'name'"],
    ["params.a = 'x'", "Invalid entity type 'params'"],
    ["name IN ('a')", "Only ['experiment_id'] attributes support"],
    ["name = 'a' or name = 'b'", 'Invalid clause(s) in filter string: or'],
  ])('is refused: %s', (filter, words) => {
    expect(() => parseExperimentFilter(filter)).toThrow(words);
  });
});

describe('a filter of traces', () => {
  it.each([
    ['spaces before what cannot follow', `tags.a = ${' '.repeat(100_000)}x`],
    ['spaces behind a text', `tags.a = 'x'${' '.repeat(100_000)}x`],
    ['digits', `tags.a = ${'1'.repeat(100_000)}x`],
    ['dots', `${'a.'.repeat(50_000)} = 1`],
    ['quotes', `tags.a = ${'"'.repeat(100_001)}`],
    ['brackets', `tags.a IN ${'('.repeat(100_000)}`],
  ])('is refused at once with a long row of %s', (_what, filter) => {
    const begun = performance.now();
    expect(() => parseTraceFilter(filter)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER_VALUE' }));
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});
