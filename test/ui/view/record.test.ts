import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/runbook/model.ts';
import { sized } from '../fixtures.ts';
import { EVENTS, record } from './scenes.ts';

describe('the record that stays', () => {
  test('120 columns, a run that is not all proven', () => expect(record(EVENTS.finished, sized(120))).toMatchInlineSnapshot(`
    "
     realm-rescue 0.1.0   PROD  keycloak.example.com / primary   26.7.4   session 8f2c
     ! Connect    admin-cli as on-call; may not restore authorization settings (no role manage-authorization)
     ✓ Freeze     stated: Argo CD application keycloak paused
     ✓ Capture    12 clients, 14 client scopes, 31 mappers, 9 groups, 3 flows in 0.4 s → snapshots/live-before.json
     ✓ Triage     a whole-realm import, about 22:43:07 UTC: nobody has to log in again: 8,012 sessions are alive
       because    realm-management got a secret at 22:43:07 · no admin event between 22:40 and 22:47 although events are on
       kept       realm id · client ids · signing keys · users
     ✓ Evidence   git:charts/keycloak/realm.json@4f1d2c7, stated: 11 clients
     ✓ Compare    3 lost, 1 changed, 1 only live, on 3 owners
     ✓ Choose     3 to restore, 1 kept for git, 1 left alone
     ✓ Restore    1/2  auth-service   1 write, read back
     ! Prove      1/2  auth-service
       client_credentials token, RS256, kid Qm3xYzA… (same key as before the incident), signature valid
       "aud": "account"  "azp": "auth-service"
     - "groups": (not there)
     NOT PROVEN  auth-service: claim "groups" is still missing.
       The mapper is there, but the service account of auth-service is in no group, so this grant can never show it.
     ACCEPTED  not proven, with the reason: seen by hand
     ✓ Restore    2/2  api-gateway   2 writes, each read back
     ✓ Prove      2/2  api-gateway
       client_credentials token, RS256, kid Qm3xYzA… (same key as before the incident), signature valid
       "aud": ["orders", "account"]  "azp": "api-gateway"
       before                                                    after
     - "scope": "profile email"                                  + "scope": "profile email orders:read"
     OK  "orders:read" in claim "scope" is there   was missing 22:43 – 23:31
     ✓ Restore    3 writes sent once and read back
     ! Prove      1 claim proven in tokens, 1 NOT PROVEN
     x Account    FAILED: sessions 8,012 → 8,019 (1 lost, 7 new) · signing keys unchanged · client ids unchanged · 1 thing
                  MOVED: client-mapper:auth-service/groups
       session of kim is gone: NOT EXPLAINED
       MOVED: client-mapper:auth-service/groups: claim groups missing from access, id and userinfo of auth-service
       one note
     ✓ Export     changes.patch: 1 file, +41 −12; git apply --check passes; 1 secret left for you: secrets-to-create.txt
       charts/keycloak/realm.json: +41 −12
       values.yaml:7 KEYCLOAK_IMPORT_STRATEGY (inert): set to IGNORE_EXISTING for people who look for it. Keycloak 26.7 does
         not read it.
       secret to create: billing-service
       git apply export/changes.patch
       text of a pull request: export/PULL_REQUEST.md
     - Thaw       skipped: not yet: the writer stays paused until you resume it
     ✓ Transcript transcript.md  transcript.json  transcript.cast
     Ended, but not everything is done. 3 restored, 1 proven, 1 failed, 1 left.
       NOT PROVEN: 1 claim of auth-service
       not proven, but accepted: auth-service: seen by hand
       NOT EQUAL: the account shows what moved
       verify with: realm-rescue transcript verify 8f2c
       take everything back with: realm-rescue undo 8f2c
    "
  `));
  test('40 columns, left early', () => expect(record(EVENTS.stopped, sized(40))).toMatchInlineSnapshot(`
    "
     realm-rescue 0.1.0
     PROD  keycloak.example.com / primary
     26.7.4  session 8f2c
     ! Connect: admin-cli as on-call; may
       not restore authorization settings
       (no role manage-authorization)
     ✓ Freeze: stated: Argo CD application
       keycloak paused
     ✓ Capture: 12 clients, 14 client
       scopes, 31 mappers, 9 groups, 3 flows
       in 0.4 s → snapshots/live-before.json
     ✓ Triage: a whole-realm import, about
       22:43:07 UTC: nobody has to log in
       again: 8,012 sessions are alive
    because: realm-management got a secret
      at 22:43:07 · no admin event between
      22:40 and 22:47 although events are on
    kept: realm id · client ids · signing
      keys · users
     ✓ Evidence:
       git:charts/keycloak/realm.json@4f1d2c
       7, stated: 11 clients
     ✓ Compare: 3 lost, 1 changed, 1 only
       live, on 3 owners
     Stopped: left at choose
       resume with: realm-rescue resume 8f2c
    "
  `));
});

test('the end offers to take back only what was written', () => {
  const end = (events: readonly RunEvent[]) => record(events, sized(120)).split('\n').filter((of) => of.includes('take everything back'));
  const nothing: RunEvent[] = [...EVENTS.choose, { type: 'run.finished', exit: 2, summary: { restored: 0, proven: 0, failed: 0, left: 5, sessionsBefore: null, sessionsAfter: null, export: null, session: '8f2c' } }];
  expect(end(nothing)).toEqual([]);
  expect(end(EVENTS.finished)).toHaveLength(1);
});
