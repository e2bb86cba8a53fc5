import type { RecentTarget } from '../journal/preferences.ts';
import { RescueError } from '../realm/errors.ts';
import type { Terminal } from '../ui/terminal.ts';
import { namesCluster } from './cluster-target.ts';
import type { Invocation } from './table.ts';

/**
 * The target of flags and environment; where they name none and somebody sits at the terminal, one of the recent ones.
 * Loaded only then: opening the preferences costs as much as several bare starts of Node.
 */
export async function withRecentTarget(invocation: Invocation, terminal: Terminal): Promise<Invocation> {
  const { flags, environment } = invocation;
  const named = (flags.url ?? environment['KEYCLOAK_URL']) && (flags.realm ?? environment['KEYCLOAK_REALM']);
  // With a realm and a cluster, the address comes from there.
  if (named || terminal.mode !== 'ink' || ((flags.realm ?? environment['KEYCLOAK_REALM']) && namesCluster(invocation))) return invocation;
  const { openPreferences } = await import('../journal/preferences.ts');
  const recent = (await openPreferences()).recentTargets().filter((target) => (flags.url ?? target.url) === target.url && (flags.realm ?? target.realm) === target.realm);
  if (recent.length === 0) return invocation;
  const { pickTarget } = await import('../ui/pick-target.tsx');
  const picked = await pickTarget(recent);
  if (picked === 'left') throw new RescueError('interrupted', 'Left at the choice of a realm; nothing was done.', ['Name it with --url and --realm, or start again.']);
  if (picked === 'another') return invocation;
  return { ...invocation, flags: { ...flags, url: picked.url, realm: picked.realm, ...(picked.envTag && !flags['env-tag'] ? { 'env-tag': picked.envTag } : {}) } };
}

/** Remembers where a run went, so that the next one can be started without looking the address up. */
export async function rememberTarget(target: RecentTarget): Promise<void> {
  const { openPreferences } = await import('../journal/preferences.ts');
  (await openPreferences()).remember(target);
}
