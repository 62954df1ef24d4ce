import { defineConfig } from 'prisma/config';

// `prisma generate`, `validate` and `format` look for the schema engine but never run it. Naming a program
// that exists keeps them from downloading one. Commands that do need the engine must set the variable.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({ schema: 'prisma/mlflow' });
