/** Our deny windows in an AppProject (verified-kube.md 4.1). Argo CD knows an application in a window by its name alone, so that one of another namespace is stopped, too. */
import type { Json, JsonObject } from '../../realm/json.ts';
import { listAt, textAt, type KubeObject } from './object.ts';

/** `realm-rescue 8f2c for argocd/keycloak`; an older version wrote no more than the record. */
const DESCRIPTION = /^realm-rescue(?: ([\w-]+))?(?: for ([\w.-]+\/[\w.-]+))?/;

/**
 * A window that is always open: it forbids every sync of one application and leaves comparing alone.
 * @param application  `NAMESPACE/NAME`
 * @param session      the record that makes it
 */
export function denyWindow(application: string, session: string): JsonObject {
  return { kind: 'deny', schedule: '* * * * *', duration: '24h', applications: [nameIn(application)], manualSync: false, description: `realm-rescue ${session} for ${application}` };
}

/** The record that made a window; null where somebody else did. */
export function windowRecord(window: Json): string | null {
  return DESCRIPTION.exec(textAt(window, 'description') ?? '')?.[1] ?? null;
}

/**
 * Those of these windows that are ours and for this application. One that an older version made for that name in whatever namespace counts where
 * the record is the same, or is not known and nothing better is there.
 *
 * @param application  `NAMESPACE/NAME`
 * @param session      the record in question; null where it is not known
 */
export function ourWindows(windows: readonly Json[], application: string, session: string | null = null): readonly Json[] {
  const exact = windows.filter((window) => statedFor(window) === application);
  const older = olderWindows(windows, application).filter((window) => (session === null ? exact.length === 0 : windowRecord(window) === session));
  return [...exact, ...older];
}

/** Ours for an application of that name, which do not say in which namespace it is. */
export function olderWindows(windows: readonly Json[], application: string): readonly Json[] {
  return windows.filter((window) => isOurs(window) && statedFor(window) === null && listAt(window, 'applications').includes(nameIn(application)));
}

/** Other applications of that name for which we have a window as well. */
export function namesakesIn(windows: readonly Json[], application: string): readonly string[] {
  return windows.map(statedFor).filter((stated): stated is string => stated !== null && stated !== application && nameIn(stated) === nameIn(application));
}

const isOurs = (window: Json): boolean => DESCRIPTION.test(textAt(window, 'description') ?? '');

function statedFor(window: Json): string | null {
  const stated = DESCRIPTION.exec(textAt(window, 'description') ?? '')?.[2];
  // What a description says counts for nothing where the window does something else.
  return stated !== undefined && listAt(window, 'applications').includes(nameIn(stated)) ? stated : null;
}

const nameIn = (application: string): string => application.slice(application.indexOf('/') + 1);

/** `deny 0 0 * * * for 24h`: windows of others that speak of an application. Whether one is open now is left to Argo CD, which knows its own clock. */
export function windowsOfOthers(windows: readonly Json[], application: KubeObject): readonly string[] {
  const destination = (field: string) => textAt(application, 'spec', 'destination', field) ?? '';
  const speaks = (window: Json): boolean => ([['applications', [application.metadata.name]], ['namespaces', [destination('namespace')]], ['clusters', [destination('server'), destination('name')]]] as const)
    .some(([field, names]) => listAt(window, field).some((pattern) => typeof pattern === 'string' && names.some((name) => name !== '' && fits(pattern, name))));
  return windows.filter((window) => !isOurs(window) && speaks(window)).map((window) => `${textAt(window, 'kind') ?? 'window'} ${textAt(window, 'schedule') ?? ''} for ${textAt(window, 'duration') ?? '?'}`);
}

/** Of the patterns of Argo CD only `*` and `?` are read: one with more in it counts as fitting. */
function fits(pattern: string, name: string): boolean {
  return /[[\]{}\\]/.test(pattern) || new RegExp(`^${pattern.replace(/[.+^$()|]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(name);
}
