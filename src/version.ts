declare const REALM_RESCUE_VERSION: string | undefined;

/** The tool's version, put in by the bundler; `dev` when run from source by the tests. */
export const VERSION = typeof REALM_RESCUE_VERSION === 'string' ? REALM_RESCUE_VERSION : 'dev';
