/** What differs between the releases of Keycloak that the suites run on, as far as starting them goes. */
export interface Release {
  /** Major versions of Java that it starts on, both ends included. */
  readonly java: { readonly oldest: number; readonly newest: number };
  /** Whether `--cache=local` is an option of `kc.sh build` or of `kc.sh start`; each refuses the other's. Tried on every release named here. */
  readonly cache: 'build' | 'start';
}

const CURRENT: Release = { java: { oldest: 21, newest: Number.POSITIVE_INFINITY }, cache: 'build' };

const OLDER: Readonly<Record<string, Release>> = {
  '26.0.8': { java: { oldest: 17, newest: 21 }, cache: 'start' },
  '24.0.5': { java: { oldest: 17, newest: 21 }, cache: 'build' },
  '22.0.5': { java: { oldest: 17, newest: 21 }, cache: 'build' },
};

/** The older releases that the long suite runs on, newest first. */
export const OLDER_VERSIONS = Object.keys(OLDER);

export function releaseOf(version: string): Release {
  return OLDER[version] ?? CURRENT;
}
