import { describe, expect, test } from 'vitest';
import { sized } from '../fixtures.ts';
import { EVENTS, live, record } from './scenes.ts';

const ON_DIFFERENCE = { cursor: 1, item: 2, pane: 'differences' } as const;

describe('choose', () => {
  test('120 columns', () => expect(live(EVENTS.choose, sized(120), ON_DIFFERENCE)).toMatchInlineSnapshot(`
    "
    ── PROD  keycloak.example.com / primary ── journal #9 ──────────────────────────────────────────────────────────────────
     !✓✓✓✓✓>······  Step 7/13 Choose   next: Restore, Prove, Account, Export, Thaw, Transcript
     3 of 12 clients differ, in dependency order (← restored first)
        1 auth-service    1 open  1 mapper lost                                 every other client takes its tokens
     ·  2 api-gateway     3 open  1 scope link lost; 1 setting live only;… ← 1  audience of 4 clients
        3 profile-service 1 open  1 role mapping lost ← 1

     > api-gateway ────────────────────────────────────────────────────────────────────────────────────────────────────────
       [restore?] scope link orders:read                     lost      git 4f1d2c7   scope "orders:read" gone from its toke…
       [keep?   ] setting redirect URI …://gw2.example.com/* live only no source   nothing is lost
     > [ask     ] mapper audience                            changed   git 4f1d2c7   claim aud differs
       claim aud differs. No suggestion; edited Nov 18 by kim (admin event).
     5 answers missing: a takes every suggestion
     Enter go on  a suggested  Tab pane  r restore  k keep  l leave  ↑↓ move  d detail  Esc back  w why  ? help  q quit
    "
  `));
  test('80 columns', () => expect(live(EVENTS.choose, sized(80), ON_DIFFERENCE)).toMatchInlineSnapshot(`
    "
    ── PROD  keycloak.example.com / primary ── journal #9 ──────────────────────────
     Step 7/13 Choose   next: Restore, Prove, Account, Export, Thaw, Transcript
     3 of 12 clients differ, in dependency order (← restored first)
        1 auth-service    1 open  1 mapper lost  every other client takes its tokens
     ·  2 api-gateway     3 open  1 scope link lost; 1 setting live only; 1 mapper …
        3 profile-service 1 open  1 role mapping lost ← 1

     > api-gateway ────────────────────────────────────────────────────────────────
       [restore?] scope link orders:read             lost      git 4f1d2c7
       [keep?   ] setting redirect …w2.example.com/* live only no source
     > [ask     ] mapper audience                    changed   git 4f1d2c7
       claim aud differs. No suggestion; edited Nov 18 by kim (admin event).
     5 answers missing: a takes every suggestion
     Enter go on  a suggested  Tab pane  r restore  k keep  l leave  ? help  q quit
    "
  `));
  test('40 columns', () => expect(live(EVENTS.choose, sized(40), ON_DIFFERENCE)).toMatchInlineSnapshot(`
    "
    PROD  keycloak.ex…m / primary journal #9
    step: 7/13 Choose
     3 of 12 clients differ, in dependency …
        1 auth-service  1 open  1 mapper lo…
     ·  2 api-gateway   3 open  1 scope lin…
        3 profil…ervice 1 open  1 role mapp…

     > api-gateway
       [restore?] scope link…ders:read lost
       [keep?   ] setting…e.com/* live only
     > [ask     ] mapper audience changed
       claim aud differs. No suggestion;
       edited Nov 18 by kim (admin event).
     5 answers missing: a takes every
     suggestion
     Enter go on  a suggested  Tab pane
     r restore  k keep  ? help  q quit
    "
  `));
  test('in detail', () => expect(live(EVENTS.choose, sized(80), { ...ON_DIFFERENCE, detail: true })).toMatchInlineSnapshot(`
    "
    ── PROD  keycloak.example.com / primary ── journal #9 ──────────────────────────
     Step 7/13 Choose   next: Restore, Prove, Account, Export, Thaw, Transcript
     3 of 12 clients differ, in dependency order (← restored first)
     > api-gateway ────────────────────────────────────────────────────────────────
       what       mapper audience, changed
       answer     missing
       effect     claim aud differs
       suggested  nothing: edited Nov 18 by kim (admin event)
       source     git:charts/keycloak/realm.json@4f1d2c7
       id         client-mapper:api-gateway/audience
       config.included.client.audience
       - live     api
       + evidence gateway
     5 answers missing: a takes every suggestion
     Enter go on  a suggested  Tab pane  r restore  k keep  l leave  ? help  q quit
    "
  `));
});

describe('restore', () => {
  test('120 columns', () => expect(live(EVENTS.confirm, sized(120), { typed: 'prim' })).toMatchInlineSnapshot(`
    "
    ── PROD  keycloak.example.com / primary ── journal #18 ─────────────────────────────────────────────────────────────────
     !✓✓✓✓✓✓>!····  Step 8/13 Restore   next: Prove, Account, Export, Thaw, Transcript
     Restore 2/2  api-gateway   undo: realm-rescue undo 8f2c
       POST /admin/realms/primary/client-scopes
          client scope orders:read, 2 mappers, original id kept
       PUT /admin/realms/primary/clients/9a1b/default-client-scopes/3b1f   scope link orders:read
     Sessions stay. No client is rewritten. 2 writes, each sent once and read back.
     Type primary to send them, Esc for more: prim▏
     Enter send the word  Esc back
    "
  `));
  test('80 columns', () => expect(live(EVENTS.confirm, sized(80))).toMatchInlineSnapshot(`
    "
    ── PROD  keycloak.example.com / primary ── journal #18 ─────────────────────────
     Step 8/13 Restore   next: Prove, Account, Export, Thaw, Transcript
     Restore 2/2  api-gateway   undo: realm-rescue undo 8f2c
       POST /admin/realms/primary/client-scopes
          client scope orders:read, 2 mappers, original id kept
       PUT /admin/realms/primary/clients/9a1b/default-client-scopes/3b1f
          scope link orders:read
     Sessions stay. No client is rewritten. 2 writes, each sent once and read back.
     Type primary to send them, Esc for more: ▏
     Enter send the word  Esc back
    "
  `));
  test('40 columns', () => expect(live(EVENTS.confirm, sized(40))).toMatchInlineSnapshot(`
    "
    PROD  keycloak.ex… / primary journal #18
    step: 8/13 Restore
     Restore 2/2  api-gateway   undo:
     realm-rescue undo 8f2c
      POST
        /admin/realms/primary/client-scopes
          client scope orders:read, 2
          mappers, original id kept
      PUT
        /admin/realms/primary/clients/9a1b/d
        efault-client-scopes/3b1f
          scope link orders:read
     Sessions stay. No client is rewritten.
     2 writes, each sent once and read back.
     Type primary to send them, Esc for
     more: ▏
     Enter send the word  Esc back
    "
  `));
});

describe('not proven', () => {
  test('120 columns', () => expect(live(EVENTS.notProven, sized(120))).toMatchInlineSnapshot(`
    "
    ── PROD  keycloak.example.com / primary ── journal #17 ─────────────────────────────────────────────────────────────────
     !✓✓✓✓✓✓✓>····  Step 9/13 Prove   next: Account, Export, Thaw, Transcript
     Prove  auth-service
       client_credentials token, RS256, kid Qm3xYzA… (same key as before the incident), signature valid
       "aud": "account"  "azp": "auth-service"
     - "groups": (not there)
     NOT PROVEN  auth-service: claim "groups" is still missing.
       The mapper is there, but the service account of auth-service is in no group, so this grant can never show it.
     Next: choose a probe user whose token can show it (p), accept it with a reason that goes into the transcript (a), or
     leave (q).
     p choose a probe user  a accept with a reason  ? help  q quit
    "
  `));
  test('40 columns, asking for a user', () => expect(live(EVENTS.notProven, sized(40), { field: 'user', typed: 'ali' })).toMatchInlineSnapshot(`
    "
    PROD  keycloak.ex… / primary journal #17
    step: 9/13 Prove
     Prove  auth-service
       client_credentials token, RS256, kid
       Qm3xYzA… (same key as before the
       incident), signature valid
       "aud": "account"
       "azp": "auth-service"
     - "groups": (not there)
     NOT PROVEN  auth-service: claim
         "groups" is still missing.
       The mapper is there, but the service
       account of auth-service is in no
       group, so this grant can never show
       it.
     Name of the probe user: ali▏
     Enter done  Esc back
    "
  `));
});

describe('the others at 80 columns', () => {
  test('capture shows what differs as far as it is read', () => {
    const found = 'so far 12 lost, 0 changed, 2 only live: api-gateway, auth-service';
    expect(live(EVENTS.starting, sized(80), {}, { busy: 'capture', progress: { part: 'roles', done: 1, total: 18, found } })).toContain(found);
  });

  test('capture counts', () => expect(live(EVENTS.starting, sized(80), {}, { busy: 'capture', progress: { part: 'client scopes', done: 9, total: 14 } })).toMatchInlineSnapshot(`
    "
    ── PROD  keycloak.example.com / primary ── journal #1 ──────────────────────────
     Step 1/13 Connect   next: Freeze, Capture, Triage, Evidence, Compare, Choose
     Reading the realm; nothing is written …   client scopes 9 of 14
     ? help  q quit
    "
  `));
  test('freeze', () => expect(live(EVENTS.freeze, sized(80), { typed: 'argo' })).toMatchInlineSnapshot(`
    "
    ── PROD  keycloak.example.com / primary ── journal #2 ──────────────────────────
     Step 2/13 Freeze   next: Capture, Triage, Evidence, Compare, Choose, Restore
     What would write this realm again, and is it paused?
       Look for an Argo CD application with automated sync and the one above it, a
       Flux Kustomization or HelmRelease, an operator, an import at start-up. Pause
       it, then say so here, for the transcript.
       Example: Argo CD application keycloak and its parent root are paused
     Stated: argo▏
     Enter say it (empty: nothing stated)  Esc back
    "
  `));
  test('a stale cache', () => expect(live(EVENTS.caches, sized(80))).toMatchInlineSnapshot(`
    "
    ── PROD  keycloak.example.com / primary ── journal #5 ──────────────────────────
     Step 4/13 Triage   next: Evidence, Compare, Choose, Restore, Prove, Account
     a whole-realm import, about 22:43:07 UTC
       because    realm-management got a secret at 22:43:07 · no admin event between
                  22:40 and 22:47 although events are on
       kept       realm id · client ids · signing keys · users
       promise    nobody has to log in again: 8,012 sessions are alive
       careful    this node serves the realm from a stale cache: feed-service
                  answers by name but is not in the list
       captured   The realm was read through both views of the server: this is the
                  last copy of what was lost.
       next       Clear the caches of realm and users. No session ends. The first
                  write without that would log users out of the clients it touches.
     Type primary to clear them, Esc to leave it: ▏
     Enter send the word  Esc back
    "
  `));
  test('evidence', () => expect(live(EVENTS.evidence, sized(80))).toMatchInlineSnapshot(`
    "
    ── PROD  keycloak.example.com / primary ── journal #6 ──────────────────────────
     Step 5/13 Evidence   next: Compare, Choose, Restore, Prove, Account, Export
     Where can the lost configuration be read from? What is selected first wins.
     > [1] git   charts/keycloak/realm.json @ 4f1d2c7   Nov 12, 14:02   recommended
       [ ] git   charts/keycloak/realm.json @ 9ab03e1   Nov 20, 22:41
       states 11 clients, 9 scopes
     1 selected; Enter reads what is selected.
     Enter go on  Space select  f file…  ↑↓ move  w why  ? help  q quit
    "
  `));
  test('a failed step', () => expect(live(EVENTS.failure, sized(80))).toMatchInlineSnapshot(`
    "
    ── PROD  keycloak.example.com / primary ── journal #4 ──────────────────────────
     Step 3/13 Capture   next: Triage, Evidence, Compare, Choose, Restore, Prove
     FAILED  Capture   unreachable
       The server at keycloak.example.com does not answer.
       → Check the network, then try again.
     r tries again, q leaves; nothing is lost.
     r try again  ? help  q quit
    "
  `));
  test('a failed write', () => expect(live(EVENTS.trouble, sized(80))).toMatchInlineSnapshot(`
    "
    ── PROD  keycloak.example.com / primary ── journal #15 ─────────────────────────
     Step 8/13 Restore   next: Prove, Account, Export, Thaw, Transcript
     FAILED  protocol mapper groups of auth-service
       POST /admin/realms/primary/clients/7d0e/protocol-mappers/models
       The server did not do it.
       The server answered 409: it exists already.
       → Look at it in the admin console.
     r looks at the server and goes on from what it shows, q leaves; resume goes on
     from here.
     r try again  ? help  q quit
    "
  `));
  test('thaw', () => expect(live(EVENTS.thaw, sized(80))).toMatchInlineSnapshot(`
    "
    ── PROD  keycloak.example.com / primary ── journal #28 ─────────────────────────
     Step 12/13 Thaw   next: Transcript
     Please apply the patch to the repository, review and merge it, and only then
     resume the writer.
       git apply export/changes.patch
       At the start you said: Argo CD application keycloak paused
       What has been resumed, and did the next sync run? Say it here; the realm is
       then read again and compared.
     Stated: ▏
     Enter say it (empty: nothing stated)  Esc back
    "
  `));
  test('help', () => expect(live(EVENTS.notProven, sized(80), { overlay: 'keys' })).toMatchInlineSnapshot(`
    "
    ── PROD  keycloak.example.com / primary ── journal #17 ─────────────────────────
     Step 9/13 Prove   next: Account, Export, Thaw, Transcript
     Prove, when a claim is not proven
       ↑              Shows the lines above.
       ↓              Shows the lines below.
       PgUp           Moves one page up.
       PgDn           Moves one page down.
       p              Asks for a user whose token can show the claim.
       a              Accepts that it is not proven. The reason goes into the
                      transcript.
       ?              Shows all keys that work here.
       q              Leaves. The journal is intact; realm-rescue resume goes on
                      from there.
       Ctrl-C         Once: stops after the request in flight. Twice: leaves now;
                      the journal is intact either way.
       Ctrl-Z         Suspends the program; fg brings it back.
     Any other key closes this.
     Esc back
    "
  `));
});

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
