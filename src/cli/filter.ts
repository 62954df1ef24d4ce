import { ConfigError } from '../config.js';

/**
 * Reads the JSON of a `--filter`; what it may say is the API's business.
 * @throws ConfigError when it is not JSON
 */
export function parseFilter<Filter>(text: string): Filter {
  try {
    return JSON.parse(text) as Filter;
  } catch (error) {
    throw new ConfigError(`--filter is not JSON: ${(error as Error).message}`);
  }
}
