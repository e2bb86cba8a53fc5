import { describe, expect, test } from 'vitest';
import { denyWindow, namesakesIn, ourWindows, windowsOfOthers } from '../../../src/gitops/controllers/windows.ts';
import type { Json } from '../../../src/realm/json.ts';
import { application } from './objects.ts';

const ours = denyWindow('argocd/keycloak', '8f2c');
/** As a version wrote it that knew names alone. */
const older = (session: string): Json => ({ ...ours, description: `realm-rescue ${session}` });

test('a window of ours forbids every sync of the one application, at any time', () => {
  expect(ours).toEqual({ kind: 'deny', schedule: '* * * * *', duration: '24h', applications: ['keycloak'], manualSync: false, description: 'realm-rescue 8f2c for argocd/keycloak' });
});

describe('a window', () => {
  test.each<[string, Json, boolean]>([
    ['of ours', ours, true],
    ['as the server gives it back', { applications: ['keycloak'], description: 'realm-rescue 8f2c for argocd/keycloak', duration: '24h', kind: 'deny', schedule: '* * * * *' }, true],
    ['of ours, to which somebody has put a note', { ...ours, description: 'realm-rescue 8f2c for argocd/keycloak, see INC-412' }, true],
    ['of another run, for the same application', denyWindow('argocd/keycloak', '11aa'), true],
    ['for the application of that name in another namespace', denyWindow('team-b/keycloak', '8f2c'), false],
    ['for another application', denyWindow('argocd/billing', '8f2c'), false],
    ['for applications of which this one begins like it', denyWindow('argocd/keycloak-extra', '8f2c'), false],
    ['that stops another one than it says', { ...ours, applications: ['billing'] }, false],
    ['of an older version, of whatever record', older('11aa'), true],
    ['of an older version with a note', { ...ours, description: 'realm-rescue 8f2c, see INC-412' }, true],
    ['of an older version for another application', { ...ours, applications: ['billing'], description: 'realm-rescue 8f2c' }, false],
    ['of somebody else', { kind: 'deny', schedule: '0 22 * * *', duration: '8h', applications: ['*'] }, false],
    ['of somebody else for this very application', { kind: 'deny', schedule: '* * * * *', duration: '24h', applications: ['keycloak'], description: 'frozen by ops, see realm-rescue' }, false],
    ['that is none', 'deny', false],
    ['that is nothing', null, false],
  ])('%s', (_name, window, mine) => expect(ourWindows([window], 'argocd/keycloak')).toEqual(mine ? [window] : []));

  test('of an older version is that of the record which made it, where that is known', () => {
    expect(ourWindows([older('8f2c'), older('11aa')], 'argocd/keycloak', '8f2c')).toEqual([older('8f2c')]);
    expect(ourWindows([older('11aa'), ours], 'argocd/keycloak', '8f2c')).toEqual([ours]);
  });

  test('of an older version may be for a namesake: where one says that it is for this application, that one counts', () => {
    expect(ourWindows([older('11aa'), ours], 'argocd/keycloak')).toEqual([ours]);
  });
});

test('namesakes are those of other namespaces, by our own windows', () => {
  expect(namesakesIn([ours, older('11aa'), denyWindow('team-b/keycloak', '8f2c'), denyWindow('team-b/billing', '8f2c')], 'argocd/keycloak')).toEqual(['team-b/keycloak']);
});

describe('a window of others', () => {
  const night = (rest: Json): Json => ({ kind: 'deny', schedule: '0 22 * * *', duration: '8h', ...(rest as object) });
  test.each<[string, Json, boolean]>([
    ['for all', night({ applications: ['*'] }), true],
    ['for its name', night({ applications: ['keycl?ak'] }), true],
    ['for names that end like it', night({ applications: ['*cloak'] }), true],
    ['for a name that begins like it', night({ applications: ['keycloak-extra'] }), false],
    ['for a name with a dot where it has a letter', night({ applications: ['keycl.ak'] }), false],
    ['for a pattern that is not read here', night({ applications: ['key{cloak,stone}'] }), true],
    ['for the namespace that it goes to', night({ namespaces: ['iam'] }), true],
    ['for another namespace', night({ namespaces: ['billing'] }), false],
    ['for its cluster', night({ clusters: ['https://kubernetes.default.svc'] }), true],
    ['that speaks of nothing', night({}), false],
    ['that is ours', ours, false],
    ['that is none', null, false],
  ])('%s', (_name, window, speaks) => expect(windowsOfOthers([window], application())).toEqual(speaks ? ['deny 0 22 * * * for 8h'] : []));
});
