import { spellingIn } from '../../src/gitops/content/spelling.ts';
import { undeclaredIn } from '../../src/gitops/content/secrets.ts';
import { expect, test } from 'vitest';
import { bringToLive } from '../../src/gitops/content/bring.ts';
import { compareStates } from '../../src/realm/compare.ts';
import type { JsonObject } from '../../src/realm/json.ts';
import { readState } from '../../src/realm/state.ts';

/** What git holds of the settings after everything that differs was kept. */
function kept(live: JsonObject, file: JsonObject) {
  const state = (representation: JsonObject, completeness: 'full' | 'stated') => readState({ realm: 'primary', source: completeness, completeness, representation: representation as never });
  const [now, git] = [state(live, 'full'), state(file, 'stated')];
  const differences = compareStates(now, [git]);
  return bringToLive({ file, live: now, differences, choices: Object.fromEntries(differences.map(({ id }) => [id, 'keep' as const])), origins: new WeakMap(), spelling: spellingIn({}) });
}

test('kept settings, elements, keys and texts stand where a realm file has them; what it does not state stays unstated', () => {
  const live = {
    realm: 'primary', accessTokenLifespan: 60, displayName: 'Acme', eventsListeners: ['jboss-logging', 'email'], browserSecurityHeaders: { xFrameOptions: 'DENY' }, attributes: { tier: 'lead', added: '1' },
    localizationTexts: { de: { a: 'neu', b: 'dazu' } }, clientProfiles: { profiles: [{ name: 'p', executors: [] }] }, clientPolicies: { policies: [{ name: 'q', enabled: true, conditions: [], profiles: ['p'] }, { name: 'r', enabled: false }] },
  };
  const file = {
    realm: 'primary', accessTokenLifespan: 300, eventsListeners: ['jboss-logging', 'gone'], attributes: { tier: 'gold', dropped: 'x' }, localizationTexts: { de: { a: 'alt' } },
    clientPolicies: { policies: [{ name: 'q', enabled: false, conditions: [], profiles: ['p'] }] },
  };
  expect(kept(live, file).after).toEqual({
    realm: 'primary', accessTokenLifespan: 60, eventsListeners: ['jboss-logging', 'email'], attributes: { tier: 'lead', added: '1' }, localizationTexts: { de: { a: 'neu', b: 'dazu' } },
    clientPolicies: { policies: [{ name: 'q', enabled: true, conditions: [], profiles: ['p'] }, { name: 'r', enabled: false }] },
  });
});

test('a mail password never goes into git, and a placeholder for it stays', () => {
  const live = { realm: 'primary', smtpServer: { host: 'new', from: 'a@b', password: '**********' } };
  expect(kept(live, { realm: 'primary', smtpServer: { host: 'old', from: 'a@b', password: '${MAIL_PASSWORD}' } }).after).toEqual({ realm: 'primary', smtpServer: { host: 'new', from: 'a@b', password: '${MAIL_PASSWORD}' } });
  expect(kept(live, { realm: 'primary', smtpServer: { host: 'old', from: 'a@b' } }).after).toEqual({ realm: 'primary', smtpServer: { host: 'new', from: 'a@b', password: '${PRIMARY_REALM_PASSWORD}' } });
});

test('a setting that nobody declares is kept out of the context of a patch like a secret', () => {
  const file = {
    authenticatorConfig: [{ alias: 'gate', config: { defaultProvider: 'corporate', plain: 'step-in-clear', short: 'abc' } }],
    components: { 'org.keycloak.storage.UserStorageProvider': [{ name: 'people', providerId: 'ldap', config: { usersDn: ['ou=people'], plain: ['ldap-in-clear', '${env.LDAP}'] } }] },
  };
  expect(undeclaredIn(file, undefined)).toEqual(['step-in-clear', 'ldap-in-clear']);
  expect(undeclaredIn(file, { steps: { open: ['plain'], secret: [] }, components: { 'org.keycloak.storage.UserStorageProvider': { ldap: { open: ['plain'], secret: [] } } } })).toEqual(['corporate', 'ou=people']);
  expect(undeclaredIn(null, undefined)).toEqual([]);
});
