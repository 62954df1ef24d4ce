import {
  getArgumentValues,
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  type FieldNode,
  type GraphQLResolveInfo,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { GraphQLObjectType } from 'graphql';

/** A field of a selection, with its argument values and what is selected below it. */
export interface SelectedField {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Names of the fields selected below, fragments included. */
  readonly below: ReadonlySet<string>;
}

/**
 * What the document selects of one object type below the field that is being resolved, so that a page can be read
 * with everything it needs at once.
 * @param paths ways from this field to the objects, for example `[['nodes'], ['edges', 'node']]`; `[[]]` is the field itself
 */
export function selectedFields(info: GraphQLResolveInfo, typeName: string, paths: readonly (readonly string[])[]): SelectedField[] {
  const type = info.schema.getType(typeName) as GraphQLObjectType;
  const starts = info.fieldNodes;
  return paths.flatMap((path) =>
    follow(starts, path, info).flatMap((node) =>
      fieldsOf(node.selectionSet, info).map((field) => {
        const definition = type.getFields()[field.name.value];
        return {
          name: field.name.value,
          arguments: definition ? getArgumentValues(definition, field, info.variableValues) : {},
          below: new Set(fieldsOf(field.selectionSet, info).map((inner) => inner.name.value)),
        };
      }),
    ),
  );
}

function follow(nodes: readonly FieldNode[], path: readonly string[], info: GraphQLResolveInfo): readonly FieldNode[] {
  return path.reduce<readonly FieldNode[]>(
    (current, name) => current.flatMap((node) => fieldsOf(node.selectionSet, info).filter((field) => field.name.value === name)),
    nodes,
  );
}

function fieldsOf(selections: SelectionSetNode | undefined, info: GraphQLResolveInfo): FieldNode[] {
  return (selections?.selections ?? [])
    .filter((node) => isIncluded(node, info))
    .flatMap((node) => {
      if (node.kind === 'Field') return [node];
      return fieldsOf(node.kind === 'InlineFragment' ? node.selectionSet : info.fragments[node.name.value]?.selectionSet, info);
    });
}

function isIncluded(node: SelectionNode, { variableValues }: GraphQLResolveInfo): boolean {
  if (node.directives?.length === 0) return true;
  if (getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.if === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.if !== false;
}
