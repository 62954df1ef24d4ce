// Up to the last @: passwords are seldom encoded as they should be.
/** A location as it may be shown: user and password in it stay out of every message, log and answer. */
export const withoutCredentials = (location: string): string =>
  location.replace(/\/\/.*@/s, '//').replace(/([?&](?:user|password|pass|pwd|sslpassword|sslkey)=)[^&]*/gi, '$1…');
