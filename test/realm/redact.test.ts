import fc from 'fast-check';
import { expect, it } from 'vitest';
import { redact } from '../../src/realm/redact.ts';

it('leaves sentences alone', () => {
  for (const text of ['The server refuses to log admin in to the realm master.', 'Basic Configuration and basic authentication', 'POST /admin/realms/primary/clients/7d0e…', 'https://sso.example.com/auth answers', 'git:charts/realm.json@HEAD~3', 'kim@example.com', 'Bearer tokens are not taken']) expect(redact(text, [])).toBe(text);
});

it('takes tokens, logins of headers and of addresses out, whoever they belong to', () => {
  expect(redact('got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln, again')).toBe('got (secret), again');
  expect(redact('cut off: eyJhbGciOiJSUzI1NiIsInR5')).toBe('cut off: (secret)');
  expect(redact(`authorization: Basic ${btoa('kim:hunter2')}`)).toBe('authorization: Basic (secret)');
  expect(redact('Bearer 0123456789abcdef0123456789')).toBe('Bearer (secret)');
  expect(redact('fatal: unable to access https://kim:hunter2@git.example/x.git')).toBe('fatal: unable to access https://(secret)@git.example/x.git');
});

it('takes out what others print as a secret that is assigned', () => {
  expect(redact('POST /token?client_secret=hunter22&grant_type=client_credentials')).toBe('POST /token?client_secret=(secret)&grant_type=client_credentials');
  expect(redact('plugin: cannot renew token="S3cr3t-of-kim", trying again')).toBe('plugin: cannot renew token=(secret), trying again');
  expect(redact('REFRESH_TOKEN=0123-4567 password=(secret)')).toBe('REFRESH_TOKEN=(secret) password=(secret)');
  for (const text of ['token: expired', 'the password is wrong', 'secrets=3']) expect(redact(text)).toBe(text);
});

it('leaves no known secret of four characters and more in any spelling', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', minLength: 4, maxLength: 40 }), fc.string(), (secret, before) => {
    const json = JSON.stringify(secret).slice(1, -1);
    const spelt = [secret, json, JSON.stringify(json).slice(1, -1), new URLSearchParams([['p', secret]]).toString(), ...(secret.isWellFormed() ? [encodeURIComponent(secret)] : [])];
    for (const text of spelt.map((spelling) => `${before}<${spelling}>`)) expect(redact(text, [secret])).not.toContain(secret);
    expect(redact(spelt[0] ?? '', [secret])).toContain('(secret)');
  }));
  expect(redact('a \ud800bcd', ['\ud800bcd'])).toBe('a (secret)');
});
