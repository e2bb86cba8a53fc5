import { describe, expect, test } from 'vitest';
import { sized } from '../fixtures.ts';
import { EVENTS, live } from './scenes.ts';

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
