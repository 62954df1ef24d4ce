// docs/errors.md, made from the table in src/core/errors.ts.
import { tsImport } from 'tsx/esm/api';

/** The page as Markdown. */
export async function errorsPage() {
  const { requestErrorCodes, ruleErrorCodes } = await tsImport('../src/core/errors.ts', import.meta.url);
  return `<!-- Generated from src/core/errors.ts by npm run generate; edit the table there. -->

# Errors

Codes are stable; the texts of messages are not.

## Request errors

The request, or a part of it, has no answer. They arrive in \`errors\` of the response with the code in \`extensions.code\`, beside the data that could be read.

${table(requestErrorCodes)}

## Rule errors

What a mutation was given breaks a rule, and nothing was written. They arrive in \`userErrors\` of the mutation's payload, with the path of the input field in \`field\`.

${table(ruleErrorCodes)}
`;
}

function table(codes) {
  const rows = Object.entries(codes).map(([code, text]) => `| \`${code}\` | ${text.replaceAll('|', '\\|')} |`);
  return ['| code | meaning |', '| --- | --- |', ...rows].join('\n');
}
