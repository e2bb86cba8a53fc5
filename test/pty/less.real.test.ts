// Too few roles, on a real Keycloak and a real terminal: seen in Choose, refused before the word, and gone on without.
import { expect, it } from 'vitest';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { accountWith, stageOn } from '../bad-input/story.ts';
import { readRealm } from '../harness/independent.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { openPty, TOOL } from './tmux.ts';
import { walkToEnd } from './walk.ts';

const REALM = 'rights-pty';

it('the engineer sees which restores take a missing role, and goes on with the others', async () => {
  await sharedCalls(REALM).call('DELETE', `/admin/realms/${REALM}`);
  const story = await stageOn(sharedKeycloak(), REALM);
  const { flags, env } = await accountWith(story, ['view-realm', 'view-users', 'manage-clients']);
  const pty = await openPty(110, 34, env);
  try {
    await pty.command(`${TOOL} recover --url ${story.url} --realm ${REALM} ${flags.join(' ')} --evidence ${story.evidence} --session-dir ${story.directory}/sessions`);
    await pty.until('Stated:', 60_000);
    await pty.key('Enter');
    await pty.until('answers missing', 60_000);
    await pty.type('a');
    await pty.until('2 restores need manage-users, which these credentials lack: l leaves them.');
    await pty.key('Enter');
    const refused = await pty.until('r goes back to the choices', 60_000);
    expect(refused.replaceAll(/\s+/g, ' ')).toContain('This plan needs manage-users of client realm-management, which these credentials lack; nothing was written.');
    expect(refused).toContain('service-account-role:billing-service/internal-service: leave  # manage-users');
    expect((await readRealm(story.calls)).plain.clientScopes).toEqual(story.destroyed.clientScopes);

    await pty.type('r');
    await pty.until('2 restores need manage-users');
    await pty.type('/');
    await pty.until('Filter: ▏');
    await pty.type('billing');
    await pty.until('Filter: billing▏');
    await pty.key('Enter');
    await pty.until((screen) => /> +\d+ billing-service/.test(screen) && !screen.includes('Filter: '));
    await pty.type('l');
    await pty.until((screen) => screen.includes('No answer is missing.') && !screen.includes('2 restores need'));
    await pty.key('Enter');
    await pty.until(`Type ${REALM} to`, 60_000);
    expect(await walkToEnd(pty, REALM)).toBe(0);
    const { plain } = await readRealm(story.calls);
    expect(plain.clientScopes).toEqual(story.wanted.clientScopes);
    expect(plain.users['service-account-billing-service']).toEqual(story.destroyed.users['service-account-billing-service']);
  } finally {
    await pty.close();
    await wipeRealm(story.calls);
  }
});
