import { chmodSync } from 'node:fs';
import { dirname } from 'node:path';

/** A target that was used before: what the first screen offers. Never a user name, never a secret. */
export interface RecentTarget {
  readonly url: string;
  readonly realm: string;
  readonly envTag: string | null;
}

export interface Preferences {
  /** The latest first, ten at most. */
  recentTargets(): readonly RecentTarget[];
  /** Puts a target first. Gives false when it could not be kept; that is never a reason to stop. */
  remember(target: RecentTarget): boolean;
}

const KEPT = 10;

/**
 * What is remembered between runs, in the user's configuration directory, mode 0600. A file that cannot be read or
 * makes no sense counts as empty: it holds nothing that would be missed during an incident.
 *
 * `conf` is loaded here and not at the top: it costs three bare starts of Node (facts/terminal.md 5.1).
 *
 * @param directory for tests; otherwise as `env-paths` has it: ~/.config/realm-rescue
 */
export async function openPreferences(directory?: string): Promise<Preferences> {
  const { default: Conf } = await import('conf');
  // No defaults: with them conf writes a file as soon as it is opened, and looking is not a reason to write.
  const open = () => {
    const kept = opened();
    // conf makes the directory as open as the umask lets it, and who may write there may name another server for the next password.
    attempt(() => chmodSync(dirname(kept.path), 0o700));
    return kept;
  };
  const opened = () => new Conf<{ recent?: RecentTarget[] }>({
    projectName: 'realm-rescue',
    projectSuffix: '',
    configName: 'preferences',
    configFileMode: 0o600,
    deserialize: (text) => attempt(() => JSON.parse(text) as { recent?: RecentTarget[] }) ?? {},
    ...(directory === undefined ? {} : { cwd: directory }),
  });
  const recentTargets = (): RecentTarget[] => {
    const recent: unknown = attempt(() => open().get('recent'));
    return Array.isArray(recent) ? recent.filter(isTarget).map(bare) : [];
  };
  return {
    recentTargets,
    remember: (target) => {
      const others = recentTargets().filter((other) => other.url !== target.url || other.realm !== target.realm);
      return attempt(() => {
        open().set('recent', [bare(target), ...others].slice(0, KEPT));
        return true;
      }) ?? false;
    },
  };
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function isTarget(value: unknown): value is RecentTarget {
  if (typeof value !== 'object' || value === null) return false;
  const { url, realm, envTag } = value as Partial<Record<keyof RecentTarget, unknown>>;
  return typeof url === 'string' && typeof realm === 'string' && (envTag === null || typeof envTag === 'string');
}

/** Only the three fields, and of the URL no user and password. */
function bare({ url, realm, envTag }: RecentTarget): RecentTarget {
  if (!URL.canParse(url)) return { url, realm, envTag };
  const clean = new URL(url);
  clean.username = '';
  clean.password = '';
  return { url: clean.href.replace(/\/$/, ''), realm, envTag };
}
