/** What every field with an idempotency key says of it. */
export const idempotencyKey =
  'A text of your own, up to 200 characters: repeating the same request with the same key within 24 hours does nothing and answers as the first time.';
