import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Where sessions live unless --session-dir says otherwise: state that survives reboots but is not worth syncing
 * between machines (XDG Base Directory Specification). A relative XDG_STATE_HOME is ignored, as that asks.
 */
export function defaultSessionDirectory(env: Readonly<Record<string, string | undefined>>, home: string = homedir()): string {
  const state = env.XDG_STATE_HOME;
  return join(state && isAbsolute(state) ? state : join(home, '.local', 'state'), 'realm-rescue', 'sessions');
}
