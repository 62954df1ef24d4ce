/** How a property is tried: always the same examples, so that a failure is the same on every machine. fast-check prints seed and path. */
export const tries = (numRuns: number, seed = 20_151): { numRuns: number; seed: number } => ({ numRuns, seed });
