// A plugin of GraphQL Code Generator. For each operation it prints the document as a string, which says where its
// scalars are (so that answers are decoded by knowledge, not by guessing from values), and a function that requests it.
// Every value is a constant without side effects: a bundler keeps the operations that are used.
const { TypeInfo, Kind, getNamedType, print, stripIgnoredCharacters, visit, visitWithTypeInfo } = require('graphql');

/** How sdk/src/document.ts decodes what a field holds. */
const codecs = { Long: 'L', Longs: 'LL', Double: 'D', Doubles: 'DD', DateTime: 'T' };

const pascal = (name) => name[0].toUpperCase() + name.slice(1);
const text = (node) =>
  JSON.stringify(stripIgnoredCharacters(print(node)))
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll("'", "\\'");

exports.plugin = (schema, documents) => {
  const definitions = documents.flatMap(({ document }) => document.definitions);
  const fragments = new Map(
    definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).map((fragment) => [fragment.name.value, fragment]),
  );
  const operations = definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  return {
    prepend: [
      '/* Generated from schema/rungraph.graphql and sdk/operations by npm run generate; edit those. */',
      "import { fragment, operation, type Requester, type Subscriber } from '../document.js';",
    ],
    content: [
      ...inOrderOfUse(fragments).map((fragment) => printFragment(schema, fragment)),
      ...operations.map((node) => printOperation(schema, node, fragments)),
    ].join('\n\n'),
  };
};

function printFragment(schema, node) {
  const name = node.name.value;
  return `const ${name} = /*#__PURE__*/ fragment('${text(node)}', ${shapeOf(schema, node)});`;
}

function printOperation(schema, node, fragments) {
  const name = node.name.value;
  const type = `${pascal(name)}${pascal(node.operation)}`;
  const document = `${pascal(name)}Document`;
  const required = node.variableDefinitions.filter(({ type: { kind }, defaultValue }) => kind === Kind.NON_NULL_TYPE && !defaultValue);
  const mustBeGiven = required.length > 0;
  const variables = node.variableDefinitions.length > 0 ? `, variables${mustBeGiven ? '' : '?'}: ${type}Variables` : '';
  const given = variables && ', variables';
  const { description } = fieldOf(schema, node);
  const live = node.operation === 'subscription';
  const example = `(client${mustBeGiven ? `, { ${required.map(({ variable }) => variable.name.value).join(', ')} }` : ''})`;
  const uses = [...spreads(node, fragments)].join(', ');
  return `/** The document of {@link ${name}}. */
export const ${document} = /*#__PURE__*/ operation<${type}, ${type}Variables>(
  '${text(node)}',
  ${shapeOf(schema, node)},
  [${uses}],
);
/**
 * ${description.replaceAll('\n', '\n * ')}
 * @example
 * ${live ? `for await (const event of ${name}${example}) console.log(event);` : `const answer = await ${name}${example};`}
 */
export const ${name} = (${live ? 'subscriber: Subscriber' : 'requester: Requester'}${variables}): ${live ? 'AsyncIterable' : 'Promise'}<${type}> =>
  ${live ? 'subscriber.subscribe' : 'requester.query'}(${document}${given});`;
}

/** The field an operation is about: the one at the root, or, of an operation that is not called after it, the list within. */
function fieldOf(schema, { operation, name, selectionSet }) {
  const [root] = selectionSet.selections;
  const field = schema.getRootType(operation).getFields()[root.name.value];
  const inner = root.selectionSet?.selections.at(-1);
  return name.value === field.name || !inner ? field : getNamedType(field.type).getFields()[inner.name.value];
}

/** Fragments that need no other first. */
function inOrderOfUse(fragments) {
  const ordered = new Set();
  const add = (name) => {
    for (const used of spreads(fragments.get(name), fragments)) if (used !== name && !ordered.has(used)) add(used);
    ordered.add(name);
  };
  for (const name of fragments.keys()) add(name);
  return [...ordered].map((name) => fragments.get(name));
}

/** Names of all fragments a definition needs, those of its fragments included. */
function spreads(node, fragments, found = new Set()) {
  visit(node, {
    FragmentSpread({ name: { value } }) {
      if (found.has(value)) return;
      found.add(value);
      spreads(fragments.get(value), fragments, found);
    },
  });
  return found;
}

/** Where the scalars of a selection are, printed: `{ startedAt: 'T', metrics: { value: 'D' } }`; fragments are under `on`. */
function shapeOf(schema, node) {
  const stack = [{}];
  const typeInfo = new TypeInfo(schema);
  visit(
    node,
    visitWithTypeInfo(typeInfo, {
      Field: {
        enter() {
          stack.push({});
        },
        leave({ name, alias }) {
          const key = (alias ?? name).value;
          const inner = stack.pop();
          const shape = codecs[getNamedType(typeInfo.getType())?.name] ?? (Object.keys(inner).length > 0 ? inner : null);
          if (shape) stack.at(-1)[key] = typeof shape === 'string' ? shape : { ...stack.at(-1)[key], ...shape };
        },
      },
      FragmentSpread({ name }) {
        (stack.at(-1)[''] ??= []).push(name.value);
      },
    }),
  );
  return printShape(stack[0]);
}

function printShape(shape) {
  if (typeof shape === 'string') return `'${shape}'`;
  const entries = Object.entries(shape).map(([key, value]) => (key === '' ? `'': [${value.join(', ')}]` : `${key}: ${printShape(value)}`));
  return entries.length > 0 ? `{ ${entries.join(', ')} }` : '{}';
}
