// Loads the schema as the SDK sees it: fields that are whole columns of numbers are scalars of their own, so that they
// become typed arrays and not lists of numbers.
const { readFileSync } = require('node:fs');
const { Kind, parse, visit } = require('graphql');

const columns = { Long: 'Longs', Double: 'Doubles' };

const named = (name) => ({ kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: name } });

/** `[Long!]!` becomes `Longs!`; inputs stay lists. */
function columnType({ kind, type: list }) {
  const item = kind === Kind.NON_NULL_TYPE && list.kind === Kind.LIST_TYPE && list.type.kind === Kind.NON_NULL_TYPE ? list.type.type : null;
  const column = item?.kind === Kind.NAMED_TYPE ? columns[item.name.value] : undefined;
  return column && { kind: Kind.NON_NULL_TYPE, type: named(column) };
}

module.exports = (path) => {
  const schema = visit(parse(readFileSync(path, 'utf8')), {
    FieldDefinition: (field) => ({ ...field, type: columnType(field.type) ?? field.type }),
  });
  const scalars = Object.values(columns).map((name) => ({ kind: Kind.SCALAR_TYPE_DEFINITION, name: { kind: Kind.NAME, value: name } }));
  return { ...schema, definitions: [...schema.definitions, ...scalars] };
};
