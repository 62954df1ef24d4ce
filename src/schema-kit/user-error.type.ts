import { Directive, Field, ObjectType, registerEnumType } from 'type-graphql';
import { RuleError, ruleErrorCodes, type RuleErrorCode } from '../core/errors.js';

export const UserErrorCode = Object.fromEntries(Object.keys(ruleErrorCodes).map((code) => [code, code])) as {
  [Code in RuleErrorCode]: Code;
};

registerEnumType(UserErrorCode, {
  name: 'UserErrorCode',
  description: 'Which rule the input of a mutation broke.',
  valuesConfig: Object.fromEntries(Object.entries(ruleErrorCodes).map(([code, description]) => [code, { description }])),
});

@Directive('@shareable')
@ObjectType({
  simpleResolvers: true,
  description: 'A rule the input broke; nothing was written. Only broken requests use the top-level errors array.',
})
export class UserError {
  @Field(() => [String], {
    nullable: true,
    description: 'Path of the field within `input`, list positions included; null when no single field is at fault.',
  })
  readonly field!: readonly string[] | null;

  @Field(() => UserErrorCode, { description: 'The rule, to be matched on.' })
  readonly code!: RuleErrorCode;

  @Field(() => String, { description: 'What is wrong and the way out, for people.' })
  readonly message!: string;
}

/** What every mutation answers besides its object. */
@ObjectType({ description: 'What every mutation answers besides its object.' })
export abstract class Payload {
  @Field(() => [UserError], { description: 'Rules the input broke; empty when everything was written.' })
  readonly userErrors: readonly UserError[] = [];
}

/** Runs a mutation; a broken rule becomes its `userErrors`, with the object null. Other errors stay errors. */
export async function asPayload<T extends object>(mutation: () => Promise<T>): Promise<T | { userErrors: UserError[] }> {
  try {
    return { userErrors: [], ...(await mutation()) };
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    return { userErrors: [{ field: error.field, code: error.code, message: error.message }] };
  }
}
