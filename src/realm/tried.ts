import { isAtLeast } from './version.ts';

/** On which releases of Keycloak which kinds of object were really compared, restored and taken back. Made from the runs of test/property. */
const ORGANIZATIONS = 'all kinds but organizations';
const STEPS = 'all kinds but organizations and the adding, removing and moving of steps of flows';
const SETTINGS = `${STEPS}, settings of the realm, texts and the user profile`;

/** The oldest release on which all kinds were tried, and what was tried on those before it, newest first. */
const WHOLE: readonly [number, number] = [26, 7];
const BEFORE: readonly { readonly since: readonly [number, number]; readonly tried: string }[] = [
  { since: [26, 0], tried: ORGANIZATIONS }, { since: [24, 0], tried: STEPS }, { since: [22, 0], tried: SETTINGS },
];

/**
 * What to tell about a release on which not every kind was tried, as one clause; null where all were, or where the version is not told.
 * @param version  as the server says it: `24.0.5`
 */
export function triedOn(version: string | null): string | null {
  if (version === null || !isAtLeast(version, 0, 0) || isAtLeast(version, ...WHOLE)) return null;
  const found = BEFORE.find(({ since }) => isAtLeast(version, ...since));
  return found === undefined ? `nothing was tried on releases as old as ${version}` : `on releases like ${version} ${found.tried} were tried`;
}
