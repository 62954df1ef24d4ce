import { describe, expect, it } from 'vitest';

import { readAddress } from '../../../src/stores/engine/mysql/address.js';

const own = import.meta.filename;

describe('the address of a MySQL server', () => {
  it('is read as SQLAlchemy reads it', () => {
    expect(readAddress('mysql://ada:p%40ss%2Fword@db.example:3307/ml%20flow')).toEqual({
      host: 'db.example',
      port: 3307,
      user: 'ada',
      password: 'p@ss/word',
      database: 'ml flow',
    });
    expect(readAddress('mysql://ada@[::1]/db')).toMatchObject({ host: '::1', port: 3306, password: '' });
    expect(readAddress('mysql://ada:100%@h/db?charset=utf8mb4')).toMatchObject({ password: '100%' });
    expect(readAddress('mysql://ada@/db?unix_socket=/run/mysqld.sock')).toMatchObject({ socketPath: '/run/mysqld.sock' });
  });

  it.each([
    ['', undefined],
    ['ssl_mode=DISABLED', undefined],
    ['ssl=true&ssl_disabled=true', undefined],
    ['ssl=false', undefined],
    ['ssl=true', { rejectUnauthorized: true, verifyIdentity: true }],
    ['ssl_mode=REQUIRED', { rejectUnauthorized: false, verifyIdentity: false }],
    ['ssl-mode=verify_ca', { rejectUnauthorized: true, verifyIdentity: false }],
    ['ssl_mode=VERIFY_IDENTITY', { rejectUnauthorized: true, verifyIdentity: true }],
    ['sslmode=verify-identity', { rejectUnauthorized: true, verifyIdentity: true }],
  ])('says how TLS is used: %s', (parameters, ssl) => {
    expect(readAddress(`mysql://h/db?${parameters}`).ssl).toEqual(ssl);
  });

  it('names files of certificates', () => {
    expect(readAddress(`mysql://h/db?ssl_ca=${own}`).ssl).toMatchObject({
      rejectUnauthorized: true,
      ca: expect.stringContaining('certificates'),
    });
    expect(() => readAddress('mysql://h/db?ssl_ca=/nowhere.pem')).toThrow('The file that ssl_ca names cannot be read.');
  });

  it('is refused without a word of it when it is no URL', () => {
    expect(() => readAddress('mysql://ada:s3/cret@h:x/db')).toThrow(/^The address is no URL; (?!.*cret)/);
  });
});
