import type { RealmRepresentation } from '../../realm/representation.ts';
import { must, type AdminCalls } from './calls.ts';
import { addLiveOnly, destroy } from './destroy.ts';
import { logIn, type LoggedIn } from './login.ts';
import { CHANGED_CLIENTS, LIVE_ONLY, LOST_MAPPERS, LOST_ROLES, LOST_SCOPES } from './loss.ts';
import { goodRealmFile, STORY_USERS, storyRealm, type RealmFileOptions } from './story.ts';

export interface StageOptions extends RealmFileOptions {
  /** Logins before the incident; 200 unless said otherwise. */
  readonly logins?: number;
  readonly users?: number;
  /** False leaves out what a person added after the sync. */
  readonly liveOnly?: boolean;
  /** Called once, between the logins and the loss: the moment to read what the realm has to become again. */
  readonly whenGood?: () => Promise<void>;
}

/** What the incident did, as data for assertions. */
export const TRUTH = {
  clients: CHANGED_CLIENTS, lostMappers: LOST_MAPPERS, lostScopes: LOST_SCOPES, lostRoles: LOST_ROLES, liveOnly: LIVE_ONLY,
} as const;

export interface Staged {
  /** The realm file in git: it has everything that was lost. */
  readonly evidence: RealmRepresentation;
  /** Logins from before the incident; real tokens. */
  readonly tokens: readonly LoggedIn[];
  readonly truth: typeof TRUTH;
}

/** Makes the realm as it was before the incident, in one request. Throws RescueError when it is there already. */
export async function createRealm(calls: AdminCalls, users = STORY_USERS): Promise<void> {
  await must(calls, 'POST', '/admin/realms', storyRealm(calls.realm, users));
}

/**
 * Stages the incident of the story by REST on any server, real or sandbox: the good realm, its logins, the loss, and
 * the console edits made afterwards. About 8 s on a real server, most of it password hashes.
 */
export async function stageIncident(calls: AdminCalls, options: StageOptions = {}): Promise<Staged> {
  await createRealm(calls, options.users);
  const tokens = await logIn(calls, options.logins ?? 200, options.users);
  await options.whenGood?.();
  await destroy(calls);
  if (options.liveOnly !== false) await addLiveOnly(calls);
  return { evidence: goodRealmFile(calls, options), tokens, truth: TRUTH };
}

/** Deletes the realm, sessions and all. */
export async function wipeRealm(calls: AdminCalls): Promise<void> {
  await must(calls, 'DELETE', `/admin/realms/${encodeURIComponent(calls.realm)}`);
}
